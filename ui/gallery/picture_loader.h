#pragma once

#include <QImage>
#include <QObject>
#include <QThreadPool>

#include <atomic>
#include <memory>

namespace ui {

/// Reads one picture at a time in the background; what was asked for last wins.
class PictureLoader : public QObject
{
    Q_OBJECT
public:
    explicit PictureLoader(QObject *parent = nullptr);
    ~PictureLoader() override;
    void load(const QString &path);

Q_SIGNALS:
    /// Null if it cannot be read.
    void loaded(const QString &path, const QImage &image);

private:
    QThreadPool m_pool; ///< one thread
    std::shared_ptr<std::atomic<int>> m_newest;
};

} // namespace ui
