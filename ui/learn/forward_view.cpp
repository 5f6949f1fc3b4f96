#include "ui/learn/forward_view.h"

#include "app/gallery_store.h"
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/icon_button.h"
#include "ui/common/toast.h"
#include "ui/common/value_slider.h"
#include "ui/create/words.h"
#include "ui/learn/forward_controls.h"
#include "ui/learn/forward_curves.h"
#include "ui/learn/forward_guess.h"
#include "ui/learn/forward_tile.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr int kPlayMs = 33;
constexpr int kPlayFrames = 180; ///< from t = 0 to the end
constexpr int kRetryMs = 500;

QString meanText(double mean, double variance)
{
    const QLocale locale;
    const auto number = [&locale](double value) {
        return locale.toString(std::abs(value) < 0.005 ? 0.0 : value, 'f', 2).replace(u'-', QChar(0x2212));
    };
    return ForwardView::tr("mean %1, variance %2").arg(number(mean), number(variance));
}

QFileInfoList examples(const QString &resources)
{
    return QDir(resources + QStringLiteral("/examples"))
        .entryInfoList({QStringLiteral("*.png"), QStringLiteral("*.jpg")}, QDir::Files, QDir::Name);
}

QString exampleName(const QFileInfo &file)
{
    QString name = file.completeBaseName().replace(u'-', u' ');
    if (!name.isEmpty())
        name[0] = name.at(0).toUpper();
    return name;
}

} // namespace

ForwardView::ForwardView(app::Studio &studio, QWidget *parent)
    : LearnView(parent)
    , m_studio(studio)
    , m_loader(new ForwardPictureLoader(this))
    , m_study(new ForwardStudy(studio.engine(), this))
    , m_process(std::make_unique<engine::ForwardProcess>())
    , m_toolbar(new QWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(tr("Choose a picture and watch it go"),
                             tr("Drop one here: your own, one of the gallery, or an example."), m_stack))
    , m_scroll(new QScrollArea(m_stack))
    , m_curves(new ForwardCurves(this))
    , m_toasts(new ToastHost(this))
{
    setAccessibleName(tr("Forward diffusion"));
    setAcceptDrops(true);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("focusRing", false);
    setSurface(m_stack, Token::Window);
    makeToolbar();
    m_scroll->setWidget(makeStage());
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->installEventFilter(this);
    Button *choose = m_empty->addButton(tr("Choose a picture…"), QStringLiteral("image"), true);
    connect(choose, &Button::clicked, m_choose, &Button::click);
    const QFileInfoList files = examples(studio.resourceFolder());
    for (qsizetype i = 0; i < std::min<qsizetype>(3, files.size()); ++i) {
        Button *example = m_empty->addButton(exampleName(files.at(i)), QStringLiteral("image"));
        example->setObjectName(QStringLiteral("example%1").arg(i));
        connect(example, &Button::clicked, this, [this, path = files.at(i).filePath()] { open(path); });
    }
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_scroll);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_banner = new Banner(this);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    m_playTimer.setInterval(kPlayMs);
    m_retry.setInterval(kRetryMs);
    m_retry.setSingleShot(true);
    connectParts();
    m_export->setEnabled(false);
    changeProcess();
    updateAsking();
}

ForwardView::~ForwardView() = default;

void ForwardView::connectParts()
{
    connect(m_loader, &ForwardPictureLoader::loaded, this, &ForwardView::setPicture);
    connect(m_loader, &ForwardPictureLoader::failed, this, [this](const QString &sentence) { fail(sentence); });
    connect(m_choose, &Button::clicked, this, [this] {
        QMenu menu(this);
        const QList<qint64> ids = m_studio.store().ids();
        connect(menu.addAction(tr("A File…")), &QAction::triggered, this, [this] {
            const QString from =
                m_picture.path.isEmpty() ? m_studio.settings().pictureFolder() : QFileInfo(m_picture.path).path();
            const QString file = QFileDialog::getOpenFileName(this, tr("Choose a Picture"), from,
                                                              tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif)"));
            if (!file.isEmpty())
                open(file);
        });
        QAction *newest = menu.addAction(tr("The Newest of the Gallery"));
        newest->setEnabled(!ids.isEmpty());
        connect(newest, &QAction::triggered, this, &ForwardView::useNewestPicture);
        const QFileInfoList files = examples(m_studio.resourceFolder());
        if (!files.isEmpty())
            menu.addSection(tr("Examples"));
        for (const QFileInfo &file : files)
            connect(menu.addAction(exampleName(file)), &QAction::triggered, this,
                    [this, path = file.filePath()] { open(path); });
        menu.exec(m_choose->mapToGlobal(QPoint(0, m_choose->height() + 4)));
    });
    connect(m_export, &Button::clicked, this, &ForwardView::exportPicture);
    connect(m_controls, &ForwardControls::optionsChanged, this, &ForwardView::changeProcess);
    connect(m_controls, &ForwardControls::spaceChanged, this, &ForwardView::changeSpace);
    connect(m_controls, &ForwardControls::noiseChanged, this, [this] {
        dropAnswers();
        redraw();
        askGuess();
    });
    connect(m_controls, &ForwardControls::diceThrown, this, [this] {
        m_seed = QRandomGenerator::global()->generate64();
        drawNoise();
        dropAnswers();
        redraw();
        askGuess();
    });
    connect(m_slider, &ValueSlider::valueChanged, this, [this](double value) { setT(int(std::lround(value))); });
    connect(m_curves, &ForwardCurves::tChosen, this, &ForwardView::setT);
    connect(m_guess, &ForwardGuess::tChosen, this, &ForwardView::setT);
    connect(m_guess, &ForwardGuess::askPressed, this, &ForwardView::pressAsk);
    connect(m_play, &QToolButton::clicked, this, [this](bool isChecked) { togglePlay(isChecked); });
    connect(&m_playTimer, &QTimer::timeout, this, &ForwardView::playOn);
    connect(&m_retry, &QTimer::timeout, this, &ForwardView::askCurve);
    connect(m_study, &ForwardStudy::answered, this, &ForwardView::onAnswer);
    connect(m_study, &ForwardStudy::failed, this, &ForwardView::onFailure);
    connect(&m_studio.models(), &app::ModelCatalog::scanned, this, &ForwardView::updateModel);
    connect(&m_studio.settings(), &app::Settings::recentModelsChanged, this, &ForwardView::updateModel);
    connect(&m_studio.store(), &app::GalleryStore::pictureAdded, this, [this] {
        if (m_picture.isEmpty() && m_isActive && !m_loader->isLoading())
            useNewestPicture();
    });
}

SidePanel *ForwardView::rightPanel() const
{
    return m_curves;
}

void ForwardView::open(const QString &path)
{
    m_loader->load(path);
    Q_EMIT statusChanged();
}

void ForwardView::useNewestPicture()
{
    const QList<app::GalleryPicture> newest = m_studio.store().pictures(m_studio.store().ids().mid(0, 1));
    if (!newest.isEmpty())
        open(newest.constFirst().path);
}

void ForwardView::setPicture(const ForwardPicture &picture)
{
    const QLocale locale;
    m_picture = picture;
    m_space = {};
    m_study->cancelAll();
    setBarPicture(picture.image);
    m_name->setText(picture.wasScaled() ? tr("%1, scaled from %2 × %3")
                                              .arg(picture.name, locale.toString(picture.fullSize.width()),
                                                   locale.toString(picture.fullSize.height()))
                                        : picture.name);
    m_stack->setCurrentWidget(m_scroll);
    m_export->setEnabled(true);
    drawNoise();
    dropAnswers();
    layOutTiles();
    redraw();
    if (isLatent())
        askEncode();
    else
        askGuess();
    updateAsking();
    Q_EMIT statusChanged();
}

void ForwardView::fail(const QString &what, const QString &details)
{
    m_banner->post({.kind = BannerKind::Danger, .what = what, .details = details});
    Q_EMIT statusChanged();
}

void ForwardView::changeProcess()
{
    m_process = std::make_unique<engine::ForwardProcess>(m_controls->options());
    m_curves->setProcess(*m_process);
    dropAnswers();
    redraw();
    askGuess();
}

void ForwardView::changeSpace()
{
    if (isLatent()) {
        const app::ModelEntry *entry = model();
        if (!entry || !entry->info.isLatent) {
            m_controls->setSpace(ForwardSpace::Pixels);
            fail(entry ? tr("\"%1\" works on pixels and has no latent space. Choose a latent model on the Create page.")
                             .arg(entry->name)
                       : tr("There is no model whose latent space could be shown. Add one on the Models page."));
            return;
        }
        if (m_space.isEmpty())
            askEncode();
    } else {
        m_study->cancel(StudyPurpose::Decode);
    }
    redraw();
}

bool ForwardView::isLatent() const
{
    return m_controls->space() == ForwardSpace::Latent;
}

const app::ModelEntry *ForwardView::model() const
{
    const app::ModelEntry *last = m_studio.models().find(m_studio.settings().lastModel());
    return last && last->state == app::ModelState::Ready ? last : m_studio.models().starter();
}

void ForwardView::updateModel()
{
    const app::ModelEntry *entry = model();
    const bool isAsked = m_study->isAsked(StudyPurpose::Encode);
    const QString known = m_space.isEmpty() && isAsked ? m_encodeModel : m_space.model;
    if (!known.isEmpty() && (!entry || entry->path != known)) {
        m_study->cancel(StudyPurpose::Encode);
        m_study->cancel(StudyPurpose::Decode);
        m_space = {};
        dropAnswers();
        if (!entry || (isLatent() && !entry->info.isLatent))
            m_controls->setSpace(ForwardSpace::Pixels);
        else if (isLatent())
            askEncode();
        redraw();
        askGuess();
    }
    updateAsking();
    Q_EMIT statusChanged();
}

void ForwardView::drawNoise()
{
    if (!m_picture.isEmpty()) {
        const engine::LatentArray &pixels = m_picture.pixels;
        m_noise = engine::gaussianNoise(pixels.channels, pixels.height, pixels.width, m_seed);
        m_moments = engine::momentsOf(pixels, m_noise);
    }
    if (!m_space.isEmpty()) {
        const engine::LatentArray &clean = m_space.clean;
        m_space.noise = engine::gaussianNoise(clean.channels, clean.height, clean.width, m_seed);
        m_latentMoments = engine::momentsOf(clean, m_space.noise);
    }
}

void ForwardView::setT(int t)
{
    const int wanted = std::clamp(t, 0, m_process->size() - 1);
    if (wanted == m_t)
        return;
    m_t = wanted;
    m_slider->setValue(wanted);
    if (m_controls->noise() == ForwardNoise::Fresh) {
        ++m_seed;
        drawNoise();
    }
    redraw();
    askGuess();
}

void ForwardView::redraw()
{
    QElapsedTimer clock;
    clock.start();
    m_tLabel->setText(tr("t = %1").arg(m_t));
    m_slider->setValue(m_t);
    m_curves->setT(*m_process, m_t);
    m_guess->setT(m_t);
    if (m_picture.isEmpty())
        return;
    if (isLatent() && !m_space.isEmpty()) {
        redrawLatent();
    } else {
        const double signal = m_process->signal(m_t);
        const double noise = m_process->noise(m_t);
        if (m_frame.size() != m_picture.image.size() || !m_frame.isDetached())
            m_frame = QImage(m_picture.image.size(), QImage::Format_RGB32);
        auto *pixels = reinterpret_cast<std::uint32_t *>(m_frame.bits());
        m_cleanTile->setImage(m_picture.image);
        if (isLatent()) {
            m_noisyTile->setImage({});
            m_noiseTile->setImage({});
            m_noisyTile->setEmptyText(tr("The autoencoder is at work"));
            m_noisyTile->setCaption({});
            m_noiseTile->setCaption({});
            return;
        }
        engine::noisyPixels(m_picture.pixels, m_noise, 0.0, 1.0, pixels);
        m_noiseTile->setImage(m_frame.copy());
        engine::noisyPixels(m_picture.pixels, m_noise, signal, noise, pixels);
        m_noisyTile->setImage(m_frame);
        m_cleanTile->setCaption(meanText(m_moments.meanClean, m_moments.varianceClean));
        m_noisyTile->setCaption(meanText(m_moments.mean(signal, noise), m_moments.variance(signal, noise)));
        m_noiseTile->setCaption(meanText(m_moments.meanNoise, m_moments.varianceNoise));
        engine::densityOf(m_picture.pixels, m_noise, signal, noise, -ForwardCurves::kReach, ForwardCurves::kReach,
                          ForwardCurves::bins(), m_density);
        engine::densityOf(m_picture.pixels, m_noise, 1.0, 0.0, -ForwardCurves::kReach, ForwardCurves::kReach,
                          ForwardCurves::bins(), m_cleanDensity);
        m_curves->setDensities(m_density, m_cleanDensity, false);
    }
    m_frameMs = double(clock.nsecsElapsed()) * 1e-6;
    Q_EMIT statusChanged();
}

/// At once by the linear map, a moment later by the real decoder.
void ForwardView::redrawLatent()
{
    const double signal = m_process->signal(m_t);
    const double noise = m_process->noise(m_t);
    engine::addNoise(m_space.clean, m_space.noise, signal, noise, m_noisyLatent);
    m_cleanTile->setImage(m_space.picture);
    m_noisyTile->setImage(mapped(m_noisyLatent));
    m_noiseTile->setImage(mapped(m_space.noise));
    const engine::PairMoments &moments = m_latentMoments;
    m_cleanTile->setCaption(meanText(moments.meanClean, moments.varianceClean));
    m_noisyTile->setCaption(meanText(moments.mean(signal, noise), moments.variance(signal, noise)));
    m_noiseTile->setCaption(meanText(moments.meanNoise, moments.varianceNoise));
    engine::densityOf(m_space.clean, m_space.noise, signal, noise, -ForwardCurves::kReach, ForwardCurves::kReach,
                      ForwardCurves::bins(), m_density);
    engine::densityOf(m_space.clean, m_space.noise, 1.0, 0.0, -ForwardCurves::kReach, ForwardCurves::kReach,
                      ForwardCurves::bins(), m_cleanDensity);
    m_curves->setDensities(m_density, m_cleanDensity, true);
    m_study->ask(StudyPurpose::Decode,
                 engine::DecodeRequest{.model = pathFrom(m_space.model), .latent = m_noisyLatent});
}

void ForwardView::layOutTiles()
{
    // As large as the place allows, between what is worth looking at and the picture itself.
    constexpr int kSmallest = 120;
    constexpr int kLargest = 512;
    const int width = (m_scroll->viewport()->width() - 2 * 24 - 2 * 24) / 3;
    const int others = m_controls->sizeHint().height() + m_timeBar->sizeHint().height() + m_guess->sizeHint().height() +
                       3 + 22 + ForwardTile::extraHeight();
    const int height = m_scroll->viewport()->height() - others;
    const int side = std::clamp(std::min(width, height), kSmallest, kLargest);
    for (ForwardTile *tile : {m_cleanTile, m_noisyTile, m_noiseTile})
        tile->setSide(side);
}

void ForwardView::togglePlay(bool plays)
{
    m_play->setChecked(plays);
    m_play->setName(plays ? tr("Pause") : tr("Play"), tr("Space"));
    if (!plays) {
        m_playTimer.stop();
        return;
    }
    if (m_t >= m_process->size() - 1)
        setT(0);
    m_playTimer.start();
}

void ForwardView::playOn()
{
    const int last = m_process->size() - 1;
    setT(std::min(last, m_t + std::max(1, m_process->size() / kPlayFrames)));
    if (m_t >= last)
        togglePlay(false);
}

void ForwardView::exportPicture()
{
    if (m_picture.isEmpty())
        return;
    const QString name = QStringLiteral("%1-t%2.png")
                             .arg(QFileInfo(m_picture.path).completeBaseName())
                             .arg(m_t, 3, 10, QLatin1Char('0'));
    const QImage image = m_noisyTile->image();
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the Noisy Picture"),
                                                      QDir(m_studio.settings().pictureFolder()).filePath(name),
                                                      tr("PNG picture (*.png)"));
    if (file.isEmpty() || image.isNull())
        return;
    QThreadPool::globalInstance()->start([self = QPointer<ForwardView>(this), file, image] {
        const bool isSaved = image.save(file, "PNG");
        QMetaObject::invokeMethod(
            qApp,
            [self, file, isSaved] {
                if (!self)
                    return;
                if (isSaved)
                    self->m_toasts->show({.iconName = QStringLiteral("check"),
                                          .text = tr("Saved \"%1\"").arg(QFileInfo(file).fileName())});
                else
                    self->fail(tr("Cannot write \"%1\". Check that there is space left and that you may write there.")
                                   .arg(QFileInfo(file).fileName()));
            },
            Qt::QueuedConnection);
    });
}

QList<QWidget *> ForwardView::parts() const
{
    if (m_stack->currentWidget() == m_empty)
        return {m_empty};
    return {m_controls, m_timeBar, m_guess, m_curves};
}

PageStatus ForwardView::status() const
{
    PageStatus status;
    const QLocale locale;
    if (m_loader->isLoading()) {
        status.left = tr("Reading the picture");
    } else if (!m_picture.isEmpty()) {
        QStringList parts = {
            tr("%1, %2").arg(m_picture.name, sizeText(m_picture.image.width(), m_picture.image.height())),
            tr("Frame in %1 ms").arg(locale.toString(m_frameMs, 'f', m_frameMs < 10.0 ? 1 : 0))};
        if (const app::ModelEntry *entry = model())
            parts.append(tr("Noise predictor: %1").arg(entry->name));
        status.left = parts.join(QStringLiteral("  ·  "));
        status.right = tr("Arrows one step, Shift 50 steps, Space play");
    }
    return status;
}

void ForwardView::setCompact(bool narrow, bool low)
{
    m_curves->setFolded(narrow);
    m_guess->setLow(low);
    layOutTiles();
}

void ForwardView::activate()
{
    m_isActive = true;
    if (m_picture.isEmpty() && !m_loader->isLoading())
        useNewestPicture();
    if (!focusWidget() || !isAncestorOf(focusWidget()))
        setFocus(Qt::OtherFocusReason);
    updateModel();
    if (m_isLive)
        askGuess();
    askCurve();
}

void ForwardView::deactivate()
{
    m_isActive = false;
    togglePlay(false);
    m_retry.stop();
    m_study->cancel(StudyPurpose::Curve);
    m_study->cancel(StudyPurpose::Decode);
}

void ForwardView::keyPressEvent(QKeyEvent *event)
{
    if (m_picture.isEmpty()) {
        LearnView::keyPressEvent(event);
        return;
    }
    const int step = event->modifiers() & Qt::ShiftModifier ? 50 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        setT(m_t - step);
        return;
    case Qt::Key_Right:
        setT(m_t + step);
        return;
    case Qt::Key_Home:
        setT(0);
        return;
    case Qt::Key_End:
        setT(m_process->size() - 1);
        return;
    case Qt::Key_Space:
        togglePlay(!m_playTimer.isActive());
        return;
    default:
        LearnView::keyPressEvent(event);
    }
}

void ForwardView::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() || event->mimeData()->hasFormat(QStringLiteral("text/uri-list")))
        event->acceptProposedAction();
}

void ForwardView::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (!url.isLocalFile())
            continue;
        event->acceptProposedAction();
        open(url.toLocalFile());
        return;
    }
}

void ForwardView::resizeEvent(QResizeEvent *event)
{
    LearnView::resizeEvent(event);
    layOutTiles();
}

bool ForwardView::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_scroll->viewport() && event->type() == QEvent::Resize)
        layOutTiles();
    return LearnView::eventFilter(object, event);
}

} // namespace ui
