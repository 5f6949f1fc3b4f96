#include "ui/compare/compare_bar.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/theme.h"
#include "ui/common/value_slider.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QSignalBlocker>
#include <QStackedWidget>

namespace ui {

namespace {

constexpr int kHeight = 56;
constexpr int kGains[] = {1, 4, 16};
constexpr int kFastest = 200; ///< ms a picture: under three flashes a second, which nobody's eyes mind
constexpr int kSlowest = 2000;

QHBoxLayout *rowOf(QWidget *widget)
{
    auto *row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    return row;
}

} // namespace

CompareBar::CompareBar(CompareView &view, QWidget *parent)
    : QWidget(parent), m_view(view), m_stack(new QStackedWidget(this))
{
    setFixedHeight(kHeight);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 1, 16, 0);
    row->addWidget(m_stack);
    m_controls = makeOptions();
    m_question = makeQuestion();
    m_result = makeResult();
    for (QWidget *each : {m_controls, m_question, m_result})
        m_stack->addWidget(each);
    refresh();
}

QWidget *CompareBar::makeOptions()
{
    auto *controls = new QWidget(this);
    QHBoxLayout *row = rowOf(controls);
    m_options = new QStackedWidget(controls);
    const auto page = [this](auto... widgets) {
        auto *options = new QWidget(m_options);
        QHBoxLayout *line = rowOf(options);
        (line->addWidget(widgets, 0, Qt::AlignVCenter), ...);
        line->addStretch(1);
        m_options->addWidget(options);
    };
    const auto words = [this](const QString &text, Token colour = Token::Text2) {
        return new Label(text, TextStyle::Body, colour, this);
    };
    const auto figures = [&] {
        m_figures.append(words(QString(), Token::Text3));
        return m_figures.last();
    };

    m_direction = new SegmentedControl(this);
    m_direction->setObjectName(QStringLiteral("compareDirection"));
    m_direction->setAccessibleName(tr("Direction of the divider"));
    m_direction->addChoice(tr("Left, right"), {}, tr("The divider stands (V)"));
    m_direction->addChoice(tr("Above, below"), {}, tr("The divider lies (V)"));
    connect(m_direction, &SegmentedControl::currentChanged, this, [this](int index) { m_view.setUpright(index == 0); });
    page(m_direction, figures());

    page(figures());

    m_pause = new IconButton(QStringLiteral("pause"), tr("Pause"), IconButton::Shape::Boxed, this);
    m_pause->setObjectName(QStringLiteral("flickerPause"));
    connect(m_pause, &IconButton::clicked, this, [this] {
        m_view.setFlickering(!m_view.isFlickering());
        refresh();
    });
    m_speed = new PlainSlider(this);
    m_speed->setAccessibleName(tr("How long each picture is seen"));
    m_speed->setRange(kFastest, kSlowest, 50);
    m_speed->setFixedWidth(140);
    m_speedText = words(QString(), Token::Text);
    m_speedText->reserve(tr("%1 s each").arg(QStringLiteral("0.00")));
    connect(m_speed, &PlainSlider::valueChanged, this, [this](int ms) {
        m_view.setFlickerMs(ms);
        refresh();
    });
    page(m_pause, m_speed, m_speedText, figures());

    m_gain = new SegmentedControl(this);
    m_gain->setObjectName(QStringLiteral("differenceGain"));
    m_gain->setAccessibleName(tr("Amplification of the difference"));
    for (const int gain : kGains)
        m_gain->addChoice(tr("×%1").arg(gain), {},
                          tr("The brightest colour stands for %1 of 255").arg(256 / gain - (gain == 1)));
    connect(m_gain, &SegmentedControl::currentChanged, this, [this] { Q_EMIT gainChanged(gain()); });
    page(m_gain, figures());

    m_opacity = new PlainSlider(this);
    m_opacity->setAccessibleName(tr("Opacity of the second picture"));
    m_opacity->setRange(0, 100, 5);
    m_opacity->setFixedWidth(140);
    m_opacityText = words(QString(), Token::Text);
    m_opacityText->reserve(tr("%1 %").arg(100));
    connect(m_opacity, &PlainSlider::valueChanged, this, [this](int percent) {
        m_view.setOpacity(percent / 100.0);
        refresh();
    });
    page(m_opacity, m_opacityText, figures());

    m_columns = new QComboBox(this);
    m_columns->setObjectName(QStringLiteral("compareColumns"));
    m_columns->setAccessibleName(tr("Columns"));
    m_columns->addItem(tr("Automatic"), 0);
    for (int columns = 1; columns <= 8; ++columns)
        m_columns->addItem(QString::number(columns), columns);
    m_columns->setMinimumWidth(120);
    connect(m_columns, &QComboBox::currentIndexChanged, this,
            [this] { m_view.setColumns(m_columns->currentData().toInt()); });
    page(words(tr("Columns")), m_columns, figures());

    row->addWidget(m_options, 1);
    m_start = new Button(tr("Pick a winner"), controls);
    m_start->setObjectName(QStringLiteral("knockOut"));
    m_start->setIconName(QStringLiteral("star"));
    m_start->setKeyHint(QStringLiteral("K"));
    connect(m_start, &Button::clicked, this, &CompareBar::knockOutRequested);
    row->addWidget(m_start);
    return controls;
}

QWidget *CompareBar::makeQuestion()
{
    auto *question = new QWidget(this);
    QHBoxLayout *row = rowOf(question);
    row->addWidget(new Label(tr("Which is better?"), TextStyle::Panel, Token::Text, question));
    row->addSpacing(4);
    const auto button = [&](const char *name, const QString &text, const QString &key, const QString &icon,
                            auto signal) {
        auto *made = new Button(text, question);
        made->setObjectName(QLatin1String(name));
        made->setKeyHint(key);
        if (!icon.isEmpty())
            made->setIconName(icon);
        made->setFocusPolicy(Qt::TabFocus);
        connect(made, &Button::clicked, this, signal);
        row->addWidget(made);
        return made;
    };
    m_left =
        button("knockOutLeft", QString(), QStringLiteral("←"), QStringLiteral("star"), [this] { Q_EMIT chosen(0); });
    m_right =
        button("knockOutRight", QString(), QStringLiteral("→"), QStringLiteral("star"), [this] { Q_EMIT chosen(1); });
    m_left->setAccessibleName(tr("The left one is better"));
    m_right->setAccessibleName(tr("The right one is better"));
    m_skip = button("knockOutSkip", tr("Skip"), QStringLiteral("↓"), {}, [this] { Q_EMIT skipped(); });
    m_undo = button("knockOutUndo", tr("Undo"), QStringLiteral("Z"), {}, [this] { Q_EMIT undone(); });
    row->addStretch(1);
    m_round = new Label(QString(), TextStyle::Body, Token::Text3, question);
    m_round->setObjectName(QStringLiteral("knockOutRound"));
    row->addWidget(m_round);
    row->addSpacing(8);
    auto *end = new Button(tr("End"), Button::Kind::Ghost, question);
    end->setToolTip(tr("Ends the knock-out; nothing is changed (Esc)"));
    connect(end, &Button::clicked, this, &CompareBar::ended);
    row->addWidget(end);
    return question;
}

QWidget *CompareBar::makeResult()
{
    auto *result = new QWidget(this);
    QHBoxLayout *row = rowOf(result);
    m_places = new Label(QString(), TextStyle::Body, Token::Text, result);
    m_places->setObjectName(QStringLiteral("knockOutResult"));
    m_places->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_places, 1);
    m_undoResult = new Button(tr("Undo"), result);
    m_undoResult->setKeyHint(QStringLiteral("Z"));
    connect(m_undoResult, &Button::clicked, this, &CompareBar::undone);
    row->addWidget(m_undoResult);
    auto *discard = new Button(tr("Discard"), result);
    discard->setKeyHint(QStringLiteral("Esc"));
    connect(discard, &Button::clicked, this, &CompareBar::ended);
    row->addWidget(discard);
    auto *give = new Button(tr("Give the stars"), Button::Kind::Primary, result);
    give->setObjectName(QStringLiteral("knockOutApply"));
    give->setKeyHint(QStringLiteral("Enter"));
    connect(give, &Button::clicked, this, &CompareBar::applied);
    row->addWidget(give);
    return result;
}

void CompareBar::refresh()
{
    m_options->setCurrentIndex(int(m_view.mode()));
    m_direction->setCurrentIndex(m_view.isUpright() ? 0 : 1);
    const bool runs = m_view.isFlickering();
    m_pause->setIconName(runs ? QStringLiteral("pause") : QStringLiteral("play"));
    m_pause->setName(runs ? tr("Pause") : tr("Go on"), tr("Space"));
    const QSignalBlocker speed(m_speed);
    m_speed->setValue(m_view.flickerMs());
    m_speedText->setText(tr("%1 s each").arg(m_view.flickerMs() / 1000.0, 0, 'f', 2));
    const QSignalBlocker opacity(m_opacity);
    const int percent = int(std::lround(m_view.opacity() * 100));
    m_opacity->setValue(percent);
    m_opacityText->setText(tr("%1 %").arg(percent));
}

void CompareBar::setFigures(const QString &text)
{
    for (Label *each : std::as_const(m_figures))
        each->setText(text);
}

void CompareBar::setCanKnockOut(bool can)
{
    m_start->setEnabled(can);
    m_start->setToolTip(can ? tr("Two at a time, by keyboard; the result is written as stars")
                            : tr("Needs two pictures that can be read"));
}

int CompareBar::gain() const
{
    return kGains[m_gain->currentIndex()];
}

void CompareBar::setGain(int gain)
{
    for (int i = 0; i < 3; ++i) {
        if (kGains[i] == gain)
            m_gain->setCurrentIndex(i);
    }
}

void CompareBar::showKnockOut(const KnockOut *knockOut, const QStringList &letters)
{
    if (knockOut == nullptr) {
        m_stack->setCurrentWidget(m_controls);
        return;
    }
    if (const auto pair = knockOut->pair()) {
        m_left->setText(letters.value(pair->first));
        m_right->setText(letters.value(pair->second));
        m_left->setAccessibleName(tr("%1 is better").arg(letters.value(pair->first)));
        m_right->setAccessibleName(tr("%1 is better").arg(letters.value(pair->second)));
        m_undo->setEnabled(knockOut->canUndo());
        m_round->setText(tr("Round %1 of %2, %3")
                             .arg(knockOut->round())
                             .arg(knockOut->rounds())
                             .arg(tr("%n pair(s) left", nullptr, knockOut->pairsLeft())));
        m_stack->setCurrentWidget(m_question);
        return;
    }
    QStringList places;
    const QList<KnockOut::Standing> result = knockOut->result();
    for (int stars = 5; stars > 0; --stars) {
        QStringList same;
        for (const KnockOut::Standing &each : result) {
            if (each.stars == stars)
                same.append(letters.value(each.picture));
        }
        if (!same.isEmpty())
            places.append(tr("%n star(s): %1", nullptr, stars).arg(same.join(QStringLiteral(", "))));
    }
    m_places->setText(places.join(QStringLiteral("  ·  ")));
    m_places->setToolTip(m_places->text());
    m_stack->setCurrentWidget(m_result);
}

void CompareBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Panel));
    painter.fillRect(0, 0, width(), 1, theme().color(Token::Line));
}

} // namespace ui
