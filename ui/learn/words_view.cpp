#include "ui/learn/words_view.h"

#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/studio.h"
#include "app/trajectory_pictures.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/flow_layout.h"
#include "ui/common/hair_line.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/common/value_slider.h"
#include "ui/create/words.h"
#include "ui/learn/picture_bar.h"
#include "ui/learn/words_picture.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMimeData>
#include <QPointer>
#include <QStackedWidget>
#include <QThreadPool>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr Token kColors[] = {Token::Accent, Token::Curve2, Token::Curve3, Token::Star, Token::Danger, Token::Success};

} // namespace

WordsView::WordsView(app::Studio &studio, QWidget *parent)
    : LearnView(parent)
    , m_studio(studio)
    , m_bar(new PictureBar(studio, this))
    , m_stack(new QStackedWidget(this))
    , m_page(new QWidget(m_stack))
    , m_empty(new EmptyState(QString(), QString(), m_stack))
    , m_emptyMake(m_empty->addButton(tr("Create"), QStringLiteral("create"), true))
    , m_emptyAgain(m_empty->addButton(tr("Make again with words"), QStringLiteral("refresh"), true))
    , m_banner(new Banner(this))
    , m_words(new QWidget(m_page))
    , m_flow(new FlowLayout(m_words, 8))
    , m_view(new WordsPicture(m_page))
    , m_opacity(new ValueSlider(m_page))
    , m_none(new Button(tr("Show the picture alone"), m_page))
    , m_hint(new Label(QString(), TextStyle::Detail, Token::Text3, m_page))
{
    setObjectName(QStringLiteral("wordsView"));
    setAccessibleName(tr("Words and picture"));
    setAcceptDrops(true);
    m_emptyMake->setObjectName(QStringLiteral("emptyCreate"));
    m_emptyAgain->setObjectName(QStringLiteral("makeAgainWords"));
    m_view->setObjectName(QStringLiteral("wordsPicture"));
    m_view->setAccessibleName(tr("Picture with the parts of the chosen words"));
    m_words->setObjectName(QStringLiteral("words"));
    m_words->setAccessibleName(tr("Words of the prompt"));
    m_opacity->setObjectName(QStringLiteral("wordsOpacity"));
    m_opacity->setAccessibleLabel(tr("Opacity"));
    m_opacity->setRange(0, 100);
    m_opacity->setSingleStep(5);
    m_opacity->setSuffix(QStringLiteral("%"));
    m_opacity->setDefaultValue(60);
    m_opacity->setValue(60);
    m_opacity->setFixedWidth(280);
    m_none->setObjectName(QStringLiteral("noWords"));

    auto *prompt = new QWidget(m_page);
    auto *top = new QVBoxLayout(prompt);
    top->setContentsMargins(24, 14, 24, 14);
    top->setSpacing(8);
    top->addWidget(new Label(tr("Words of the prompt"), TextStyle::Panel, Token::Text, prompt));
    top->addWidget(m_words);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(24, 8, 24, 12);
    foot->setSpacing(12);
    foot->addWidget(m_hint, 1);
    foot->addWidget(new Label(tr("Opacity"), TextStyle::Label, Token::Text2, m_page));
    foot->addWidget(m_opacity);
    foot->addWidget(m_none);
    auto *canvas = new QWidget(m_page);
    setSurface(canvas, Token::Canvas);
    auto *inner = new QVBoxLayout(canvas);
    inner->setContentsMargins(24, 16, 24, 16);
    inner->addWidget(m_view);
    auto *column = new QVBoxLayout(m_page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(prompt);
    column->addWidget(new HairLine(m_page));
    column->addWidget(canvas, 1);
    column->addWidget(new HairLine(m_page));
    column->addLayout(foot);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_page);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_banner);
    all->addWidget(m_stack, 1);

    app::TrajectoryStore &store = studio.trajectories();
    connect(m_bar, &PictureBar::pictureChosen, this, &WordsView::open);
    connect(m_emptyMake, &Button::clicked, this, &WordsView::createRequested);
    connect(m_emptyAgain, &Button::clicked, this, &WordsView::makeAgain);
    connect(m_opacity, &ValueSlider::valueChanged, this, [this](double value) { m_view->setOpacity(value / 100.0); });
    connect(m_none, &Button::clicked, this, [this] {
        for (const Word &word : std::as_const(m_chips))
            word.chip->setChecked(false);
    });
    connect(&store, &app::TrajectoryStore::loaded, this,
            [this](const QString &picture, const app::TrajectoryPtr &trajectory) {
                if (picture != m_awaited)
                    return;
                m_awaited.clear();
                show(picture, trajectory);
            });
    connect(&store, &app::TrajectoryStore::kept, this, [this](const QString &picture) {
        if (isVisible() && m_picture.isEmpty() && m_awaited.isEmpty())
            open(picture);
    });
    connect(&store, &app::TrajectoryStore::failed, this, [this](const QString &picture, const app::Failure &failure) {
        if (picture != m_awaited)
            return;
        m_awaited.clear();
        m_picture = picture;
        m_bar->setPicture(picture, QFileInfo(picture).fileName(), 0);
        const bool isMissing = failure.kind == engine::ErrorKind::FileUnreadable;
        showNothing(isMissing ? tr("The words of this picture were not kept") : tr("The words cannot be read"),
                    isMissing
                        ? tr("Made again from its recipe, it gives the same picture and shows what its words drew.")
                        : failure.sentence,
                    true);
    });
    connect(&studio.queue(), &app::JobQueue::jobEnded, this, [this](app::JobId id) {
        if (id != m_again)
            return;
        m_again = 0;
        m_emptyAgain->setBusy({});
        const app::Job *job = m_studio.queue().find(id);
        if (job && job->state == app::JobState::Failed)
            m_banner->post({.kind = BannerKind::Danger,
                            .what = tr("The picture was not made again."),
                            .why = job->failure.sentence,
                            .details = job->failure.details});
        else if (job && job->state == app::JobState::Finished && !job->files.isEmpty())
            QTimer::singleShot(0, this, [this, file = job->files.last()] { open(file); }); // kept after this signal
    });
    connect(&theme(), &Theme::changed, this, &WordsView::updateLayers);
    showNothing(tr("No words to look at yet"), tr("Make a picture, and see here which word drew which part of it."),
                false);
}

WordsView::~WordsView() = default;

void WordsView::open(const QString &picture)
{
    if (picture.isEmpty() || (picture == m_picture && m_trajectory && !m_trajectory->attention.words.empty()))
        return;
    m_awaited = picture;
    m_studio.trajectories().request(picture);
}

void WordsView::showNothing(const QString &title, const QString &text, bool canMakeAgain)
{
    m_empty->setTitle(title);
    m_empty->setText(text);
    m_emptyMake->setVisible(!canMakeAgain);
    m_emptyAgain->setVisible(canMakeAgain);
    m_stack->setCurrentWidget(m_empty);
    Q_EMIT statusChanged();
}

void WordsView::show(const QString &picture, const app::TrajectoryPtr &trajectory)
{
    m_picture = picture;
    m_trajectory = trajectory;
    m_studio.trajectories().setLookedAt({picture});
    m_bar->setPicture(picture, pictureTitle(picture, trajectory->request.prompt), trajectory->request.seed);
    if (trajectory->attention.words.empty()) {
        if (QString::fromStdString(trajectory->request.prompt).trimmed().isEmpty())
            showNothing(tr("This picture has no words"), tr("It was made without a prompt."), false);
        else if (trajectory->request.keepAttention)
            showNothing(tr("This model does not read words"),
                        tr("Its network has no attention to the words of a prompt."), false);
        else
            showNothing(tr("The words of this picture were not kept"),
                        tr("Made again from its recipe, it gives the same picture and shows what its words drew."),
                        true);
        return;
    }
    m_stack->setCurrentWidget(m_page);
    m_view->setMaps(trajectory->attention);
    makeChips(*trajectory);
    readPicture();
    Q_EMIT statusChanged();
}

void WordsView::readPicture()
{
    // The last prediction stands in until the file is read.
    app::TrajectoryPictures pictures(m_trajectory);
    m_view->setPicture(pictures.steps() > 0 ? pictures.predicted(pictures.steps() - 1) : QImage());
    QThreadPool::globalInstance()->start([view = QPointer(this), path = m_picture] {
        const QImage image = app::toQImage(app::readImage(path));
        QMetaObject::invokeMethod(
            qApp,
            [view, path, image] {
                if (view && view->m_picture == path && !image.isNull())
                    view->m_view->setPicture(image);
            },
            Qt::QueuedConnection);
    });
}

void WordsView::makeChips(const engine::Trajectory &trajectory)
{
    for (const Word &word : std::as_const(m_chips))
        delete word.chip;
    m_chips.clear();
    m_pointed = -1;
    for (std::size_t i = 0; i < trajectory.attention.words.size(); ++i) {
        const engine::AttentionMap &map = trajectory.attention.words[i];
        if (map.end <= map.begin)
            continue; // start, end and padding
        auto *chip = new WordChip(QString::fromStdString(map.text), m_words);
        const int at = int(m_chips.size());
        m_chips.append({chip, int(i)});
        m_flow->addWidget(chip);
        chip->show();
        connect(chip, &WordChip::pointedAt, this, [this, at](bool isPointedAt) {
            if (isPointedAt)
                m_pointed = at;
            else if (m_pointed == at)
                m_pointed = -1;
            updateLayers();
        });
        connect(chip, &WordChip::moved, this, [this, at](int direction) {
            const int to = std::clamp(at + direction, 0, int(m_chips.size()) - 1);
            m_chips.at(to).chip->setFocus(Qt::TabFocusReason);
        });
        connect(chip, &QAbstractButton::toggled, this, &WordsView::updateLayers);
    }
    if (!m_chips.isEmpty() && isVisible())
        m_chips.first().chip->setFocus(Qt::OtherFocusReason);
    updateLayers();
}

QColor WordsView::colorOf(int place) const
{
    return theme().color(kColors[std::size_t(place) % std::size(kColors)]);
}

void WordsView::updateLayers()
{
    QList<WordsPicture::Layer> layers;
    int chosen = 0;
    for (const Word &word : std::as_const(m_chips)) {
        if (!word.chip->isChecked())
            continue;
        word.chip->setColor(colorOf(chosen));
        layers.append({word.map, colorOf(chosen++)});
    }
    QStringList names;
    if (m_pointed >= 0 && m_pointed < m_chips.size()) {
        layers = {{m_chips.at(m_pointed).map, {}}}; // pointing shows this one alone
        names = {m_chips.at(m_pointed).chip->text()};
    } else {
        for (const Word &word : std::as_const(m_chips)) {
            if (word.chip->isChecked())
                names.append(word.chip->text());
        }
    }
    m_view->setLayers(layers);
    m_none->setEnabled(chosen > 0);
    const QString shown = names.isEmpty() ? tr("Point at a word, or press it to keep its part in view.")
                                          : tr("Part of: %1").arg(names.join(QStringLiteral(", ")));
    m_hint->setText(shown);
    m_view->setAccessibleDescription(shown);
}

void WordsView::makeAgain()
{
    const MakeAgain made = ui::makeAgain(m_studio, m_picture, KeepAlso::Words);
    m_again = made.job;
    if (made.job == 0)
        m_banner->post({.kind = BannerKind::Warning, .what = tr("Not made again."), .why = made.problem});
    else
        m_emptyAgain->setBusy(tr("Making it again…"));
}

QWidget *WordsView::toolbarPart()
{
    return m_bar;
}

QList<QWidget *> WordsView::parts() const
{
    return {m_stack};
}

QWidget *WordsView::focusOf(QWidget *part) const
{
    return part == m_stack && m_stack->currentWidget() == m_page && !m_chips.isEmpty()
               ? static_cast<QWidget *>(m_chips.first().chip)
               : part;
}

PageStatus WordsView::status() const
{
    if (!m_trajectory || m_stack->currentWidget() != m_page)
        return {};
    return {tr("%n word(s), maps of %1", nullptr, int(m_chips.size()))
                .arg(sizeText(m_trajectory->attention.columns, m_trajectory->attention.rows)),
            tr("Left, Right: word · Enter: keep")};
}

void WordsView::setCompact(bool narrow, bool low)
{
    Q_UNUSED(low)
    m_bar->setCompact(narrow);
}

void WordsView::activate()
{
    const QString current = m_studio.trajectories().current();
    if (!current.isEmpty() && current != m_picture)
        open(current);
}

void WordsView::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile())
        event->acceptProposedAction();
}

void WordsView::dropEvent(QDropEvent *event)
{
    open(event->mimeData()->urls().first().toLocalFile());
    event->acceptProposedAction();
}

} // namespace ui
