#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

namespace ui {

/// Free space of the disk that holds a folder, asked for in the background: a network disk may take its time.
class FreeSpace : public QObject
{
    Q_OBJECT
public:
    explicit FreeSpace(QObject *parent = nullptr);

    void setFolder(const QString &folder);
    /// "212 GB free"; empty: not known yet.
    [[nodiscard]] const QString &text() const { return m_text; }

Q_SIGNALS:
    void changed();

private:
    void ask();

    QString m_folder;
    QString m_text;
    QTimer m_timer;
};

} // namespace ui
