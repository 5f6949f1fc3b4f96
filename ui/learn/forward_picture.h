#pragma once

#include "engine/trajectory.h"

#include <QImage>
#include <QObject>
#include <QSize>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <memory>

namespace ui {

/// A picture as forward diffusion takes it: at most 512 on its longer side.
struct ForwardPicture
{
    QString path = {};
    QString name = {};
    QImage image = {};               ///< RGB32
    engine::LatentArray pixels = {}; ///< the same, [3, H, W] in -1..1
    QSize fullSize = {};             ///< of the file

    [[nodiscard]] bool isEmpty() const { return image.isNull(); }
    [[nodiscard]] bool wasScaled() const { return !isEmpty() && fullSize != image.size(); }
};

/// Longest side that is worked on, in pixels.
inline constexpr int kForwardSide = 512;

/// Reads and scales pictures in the background; the newest request wins.
class ForwardPictureLoader : public QObject
{
    Q_OBJECT
public:
    explicit ForwardPictureLoader(QObject *parent = nullptr);
    ~ForwardPictureLoader() override;

    /// loaded() or failed() follows, unless another is asked for first.
    void load(const QString &path);
    [[nodiscard]] bool isLoading() const { return m_isLoading; }

Q_SIGNALS:
    void loaded(const ui::ForwardPicture &picture);
    void failed(const QString &sentence);

private:
    QThreadPool m_pool; ///< one thread
    std::shared_ptr<std::atomic<int>> m_newest;
    bool m_isLoading = false;
};

} // namespace ui
