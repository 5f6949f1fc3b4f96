#include "app/drafts.h"

#include "app/image_file.h"

#include <QFile>
#include <QJsonDocument>
#include <QtDebug>

namespace app {

namespace {

constexpr int kDelayMs = 1000;

QString packed(const engine::Image &image)
{
    return image.empty() ? QString() : QString::fromLatin1(encodePicture(image, std::nullopt).toBase64());
}

engine::Image unpacked(const QJsonValue &value)
{
    return fromQImage(QImage::fromData(QByteArray::fromBase64(value.toString().toLatin1()), "PNG"));
}

} // namespace

Drafts::Drafts(const QString &file, QObject *parent) : QObject(parent), m_file(file)
{
    m_pool.setMaxThreadCount(1);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDelayMs);
    connect(&m_timer, &QTimer::timeout, this, &Drafts::save);
}

Drafts::~Drafts()
{
    flush();
}

Draft Drafts::restore() const
{
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    if (json.isEmpty())
        return {};
    Draft draft;
    draft.request = requestFromJson(json.value(QLatin1String("request")).toObject());
    draft.request.init = unpacked(json.value(QLatin1String("init")));
    draft.request.mask = unpacked(json.value(QLatin1String("mask")));
    draft.isSeedRandom = json.value(QLatin1String("seed_random")).toBool(true);
    draft.view = json.value(QLatin1String("view")).toObject();
    return draft;
}

void Drafts::edit(const Draft &draft)
{
    if (draft == m_draft)
        return;
    m_draft = draft;
    m_isDirty = true;
    if (!m_timer.isActive()) // not restarted: who types on and on is saved, too
        m_timer.start();
}

void Drafts::flush()
{
    m_timer.stop();
    if (m_isDirty)
        save();
    m_pool.waitForDone();
}

void Drafts::save()
{
    m_isDirty = false;
    m_pool.start([draft = m_draft, path = m_file] {
        QJsonObject json = {{QStringLiteral("version"), 1},
                            {QStringLiteral("request"), requestToJson(draft.request)},
                            {QStringLiteral("seed_random"), draft.isSeedRandom},
                            {QStringLiteral("view"), draft.view}};
        if (!draft.request.init.empty())
            json[QStringLiteral("init")] = packed(draft.request.init);
        if (!draft.request.mask.empty())
            json[QStringLiteral("mask")] = packed(draft.request.mask);
        if (const auto failure = writeFileAtomically(path, QJsonDocument(json).toJson()))
            qWarning("the draft was not saved: %s", qPrintable(failure->details));
    });
}

} // namespace app
