#pragma once

#include "app/job.h"
#include "engine/engine.h"

#include <QAbstractListModel>
#include <QDateTime>
#include <QImage>

#include <optional>
#include <vector>

namespace ui {

/// A picture made since the program was started.
struct SessionPicture
{
    qint64 number = 0; ///< counts up in a session; names the picture
    app::JobId job = 0;
    int index = 0; ///< within its job
    quint64 seed = 0;
    engine::GenerateRequest request = {}; ///< of the job
    QImage image = {};                    ///< null once the session holds too many: then the file has it
    QImage thumbnail = {};
    QString file = {}; ///< empty until it is saved
    QDateTime started = {};
    QDateTime finished = {};
    double seconds = 0.0; ///< it took; 0: unknown
    int stars = 0;
    QString precision = {}; ///< that was used; empty until the job has ended
    QString modelHash = {};
    QString sampler = {}; ///< resolved ids; empty until the job has ended
    QString schedule = {};

    bool operator==(const SessionPicture &) const = default;
};

/// Pictures of this session, newest first (or last), before them the one that forms.
class SessionModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { ImageRole = Qt::UserRole + 1, FormingRole, NumberRole, StarsRole, FileRole };

    explicit SessionModel(QObject *parent = nullptr);

    /// \return its number
    qint64 add(SessionPicture picture);
    void setFile(app::JobId job, int index, const QString &file);
    void setReport(app::JobId job, const engine::GenerateReport &report);
    void setStars(qint64 number, int stars);
    /// The file is gone.
    void removeFile(const QString &file);
    /// The picture that forms: its newest preview and how far it is (0..1); negative: nothing forms.
    void setForming(const QImage &preview, double fraction, const QString &prompt);
    void endForming();

    [[nodiscard]] const SessionPicture *find(qint64 number) const;
    [[nodiscard]] const SessionPicture *at(const QModelIndex &index) const; ///< nullptr: what forms
    [[nodiscard]] QModelIndex indexOf(qint64 number) const;
    [[nodiscard]] QModelIndex formingIndex() const;
    [[nodiscard]] int pictures() const { return int(m_pictures.size()); }
    [[nodiscard]] const SessionPicture *newest() const { return m_pictures.empty() ? nullptr : &m_pictures.back(); }
    void setNewestFirst(bool isNewestFirst);
    [[nodiscard]] bool isNewestFirst() const { return m_isNewestFirst; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] bool isForming() const { return m_forming >= 0.0; }
    [[nodiscard]] int rowOf(size_t picture) const;
    [[nodiscard]] int formingRow() const;
    void pictureChanged(size_t picture);
    void dropOldImages();

    std::vector<SessionPicture> m_pictures; ///< oldest first
    QImage m_preview;
    QString m_formingPrompt;
    double m_forming = -1.0;
    qint64 m_lastNumber = 0;
    bool m_isNewestFirst = true;
};

} // namespace ui
