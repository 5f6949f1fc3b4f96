#include "ui/learn/picture_bar.h"

#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/painting.h"
#include "ui/learn/bar_picture.h"
#include "ui/common/theme.h"
#include "ui/create/words.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>

namespace ui {

namespace {

constexpr int kThumbnail = 28;
constexpr int kMostInMenu = 8;

} // namespace

/// The thumbnail, which comes when it is there.
class BarThumbnail : public QWidget
{
public:
    BarThumbnail(app::Thumbnails &thumbnails, QWidget *parent) : QWidget(parent), m_thumbnails(thumbnails)
    {
        setFixedSize(kThumbnail, kThumbnail);
        connect(&thumbnails, &app::Thumbnails::ready, this, [this](const QString &path) {
            if (path == m_path)
                update();
        });
    }
    void setPath(const QString &path)
    {
        m_path = path;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const QImage image = m_path.isEmpty() ? QImage() : m_thumbnails.get(m_path, 128);
        if (!image.isNull())
            return paintBarPicture(this, image);
        QPainter painter(this);
        drawBox(painter, rect(), 4, theme().color(Token::Canvas));
    }

private:
    app::Thumbnails &m_thumbnails;
    QString m_path;
};

PictureBar::PictureBar(app::Studio &studio, QWidget *parent)
    : QWidget(parent)
    , m_studio(studio)
    , m_thumbnail(new BarThumbnail(studio.thumbnails(), this))
    , m_title(new ElidedLabel(QString(), TextStyle::Control, Token::Text, this))
    , m_seed(new Label(QString(), TextStyle::Mono, Token::Text3, this))
    , m_choose(new Button(tr("Choose a picture…"), this))
{
    m_choose->setIconName(QStringLiteral("image"));
    m_choose->setObjectName(QStringLiteral("choosePicture"));
    m_title->setObjectName(QStringLiteral("pictureTitle"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(new HairLine(this, Qt::Vertical, 24));
    row->addSpacing(4);
    row->addWidget(m_thumbnail);
    row->addWidget(m_title, 1);
    row->addWidget(m_seed);
    row->addSpacing(8);
    row->addWidget(m_choose);
    connect(m_choose, &Button::clicked, this, &PictureBar::showMenu);
    clear();
}

void PictureBar::setPicture(const QString &path, const QString &title, quint64 seed)
{
    m_path = path;
    static_cast<BarThumbnail *>(m_thumbnail)->setPath(path);
    m_thumbnail->show();
    m_title->setText(title);
    m_seed->setText(QString::number(seed));
}

void PictureBar::clear()
{
    m_path.clear();
    m_thumbnail->hide();
    m_title->setText({});
    m_seed->setText({});
}

Button *PictureBar::addButton(const QString &text, const QString &iconName)
{
    auto *button = new Button(text, this);
    button->setIconName(iconName);
    layout()->addWidget(button);
    return button;
}

void PictureBar::setCompact(bool isNarrow)
{
    m_isNarrow = isNarrow;
    fit();
}

void PictureBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void PictureBar::fit()
{
    constexpr int kRoomForSeed = 520;
    m_seed->setVisible(!m_isNarrow && width() >= kRoomForSeed);
}

void PictureBar::showMenu()
{
    QMenu menu(this);
    const QStringList kept = m_studio.trajectories().pictures().mid(0, kMostInMenu);
    for (const QString &path : kept) {
        const app::TrajectoryPtr trajectory = m_studio.trajectories().find(path);
        const QString text =
            tr("%1, seed %2").arg(pictureTitle(path, trajectory->request.prompt)).arg(trajectory->request.seed);
        QAction *action = menu.addAction(QString(text).replace(u'&', QStringLiteral("&&")));
        action->setCheckable(true);
        action->setChecked(path == m_path);
        connect(action, &QAction::triggered, this, [this, path] { Q_EMIT pictureChosen(path); });
    }
    if (kept.isEmpty()) {
        chooseFile();
        return;
    }
    menu.addSeparator();
    connect(menu.addAction(tr("A File…")), &QAction::triggered, this, &PictureBar::chooseFile);
    menu.exec(m_choose->mapToGlobal(QPoint(0, m_choose->height() + 4)));
}

void PictureBar::chooseFile()
{
    const QString from = m_path.isEmpty() ? m_studio.settings().pictureFolder() : QFileInfo(m_path).path();
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Choose a Picture"), from, tr("Pictures (*.png *.jpg *.jpeg *.webp)"));
    if (!file.isEmpty())
        Q_EMIT pictureChosen(file);
}

QString pictureTitle(const QString &path, const std::string &prompt)
{
    const QString words = QString::fromStdString(prompt).simplified();
    if (words.isEmpty())
        return QFileInfo(path).fileName();
    constexpr int kMost = 48;
    return words.size() <= kMost ? words : words.left(kMost - 1) + QStringLiteral("…");
}

MakeAgain makeAgain(app::Studio &studio, const QString &picture, KeepAlso what)
{
    const QString name = QFileInfo(picture).fileName();
    engine::GenerateRequest request;
    if (const app::TrajectoryPtr known = studio.trajectories().find(picture)) {
        if (studio.trajectories().branch(picture))
            return {0,
                    PictureBar::tr("\"%1\" is a branch. Make its first picture again and branch from it.").arg(name)};
        request = known->request;
    } else {
        const app::PictureInfo info = app::readPictureInfo(picture);
        if (!info.recipe || info.recipe->request.model.empty())
            return {0, PictureBar::tr("\"%1\" does not say how it was made.").arg(name)};
        if (info.recipe->hasInit)
            return {0, PictureBar::tr("\"%1\" was made from another picture, which was not kept.").arg(name)};
        if (!info.recipe->parent.isEmpty())
            return {0,
                    PictureBar::tr("\"%1\" is a branch. Make its first picture again and branch from it.").arg(name)};
        request = info.recipe->request;
    }
    request.count = 1;
    request.keepTrajectory = true;
    request.keepAttention = request.keepAttention || what == KeepAlso::Words;
    request.preview = studio.settings().previewContent();
    request.previewDecoder = studio.settings().previewDecoder();
    const app::JobQueue::Submission taken = studio.queue().submit(request);
    if (taken.id == 0)
        return {0, PictureBar::tr("The settings of \"%1\" cannot be used any more.").arg(name)};
    return {taken.id, {}};
}

} // namespace ui
