#pragma once

#include "app/gallery_store.h"

#include <QDateTime>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QStringList>

/// Puts `count` invented pictures into the index of a gallery that is not open, as a scan would have; no files are
/// made. Picture i was made i times ten minutes ago, has i % 6 stars and the seed i.
inline bool fillGallery(const QString &database, const QString &folder, int count)
{
    {
        app::GalleryStore empty(database, folder);
        empty.open(); // makes the tables
    }
    static const QStringList things = {"owl", "fox", "castle", "lighthouse", "whale", "tram", "garden", "robot"};
    static const QStringList looks = {"red", "golden", "foggy", "tiny", "ancient", "paper", "glass", "neon", "quiet"};
    static const QStringList places = {"in the rain", "at night", "under the sea", "on a hill", "in a forest"};
    static const QStringList samplers = {"euler", "euler_ancestral", "dpmpp_2m", "ddim", "heun"};
    static const QStringList models = {"starter", "dreamshaper_8", "sd15", "sdxl_base", "anything_v5", ""};
    bool isDone = true;
    {
        QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("fill gallery"));
        db.setDatabaseName(database);
        isDone = db.open() && db.transaction();
        QSqlQuery picture(db);
        picture.prepare(QStringLiteral(
            "INSERT INTO pictures (id, path, bytes, modified_ms, created_ms, width, height, model, sampler, schedule, "
            "steps, cfg, seed, stars, label, flags, batch, root, tags, hash) "
            "VALUES (?, ?, ?, 1, ?, ?, 512, ?, ?, 'karras', ?, ?, ?, ?, ?, 12, ?, ?, ?, ?)"));
        QSqlQuery texts(db);
        texts.prepare(QStringLiteral("INSERT INTO texts (id, prompt, negative, tags, name, recipe) "
                                     "VALUES (?, ?, 'blurry, low quality', ?, ?, ?)"));
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        for (int i = 0; i < count && isDone; ++i) {
            const QString name = QStringLiteral("%1-%2.png").arg(i, 6, 10, QLatin1Char('0')).arg(i);
            const QString prompt =
                QStringLiteral("%1 %2 %3, number %4").arg(looks[i % 9], things[i % 8], places[i % 5]).arg(i);
            const QString tags = i % 7 == 0 ? QStringLiteral("keep") : i % 11 == 0 ? QStringLiteral("draft\nkeep") : "";
            picture.addBindValue(i + 1);
            picture.addBindValue(folder + QLatin1Char('/') + name);
            picture.addBindValue(300'000 + i);
            picture.addBindValue(now - qint64(i) * 600'000);
            picture.addBindValue(i % 3 == 0 ? 768 : 512);
            picture.addBindValue(models[i % 6]);
            picture.addBindValue(samplers[i % 5]);
            picture.addBindValue(10 + i % 40);
            picture.addBindValue(1.0 + i % 12);
            picture.addBindValue(i);
            picture.addBindValue(i % 6);
            picture.addBindValue(i % 13 == 0 ? i % 5 + 1 : 0);
            picture.addBindValue(i / 4 + 1);
            picture.addBindValue(folder);
            picture.addBindValue(tags);
            picture.addBindValue(QByteArray::number(i).rightJustified(16, '0'));
            texts.addBindValue(i + 1);
            texts.addBindValue(prompt);
            texts.addBindValue(tags);
            texts.addBindValue(name);
            texts.addBindValue(QStringLiteral("{\"prompt\":\"%1\",\"steps\":%2,\"partial\":true}")
                                   .arg(prompt)
                                   .arg(10 + i % 40)
                                   .toUtf8());
            isDone = picture.exec() && texts.exec();
        }
        isDone = isDone && db.commit();
        if (!isDone)
            qWarning("%s %s", qPrintable(picture.lastError().text()), qPrintable(texts.lastError().text()));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("fill gallery"));
    return isDone;
}
