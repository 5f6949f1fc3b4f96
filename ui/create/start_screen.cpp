#include "ui/create/start_screen.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/create/canvas.h"
#include "ui/create/glyph.h"
#include "ui/create/words.h"

#include <QAbstractButton>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QMimeData>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace ui {

/// An example: its picture, what it asks for, seed and steps.
class StartScreen::Card : public QAbstractButton
{
public:
    Card(const Example &example, QWidget *parent) : QAbstractButton(parent), m_example(example)
    {
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
        setProperty("focusRadius", theme().metrics().radiusCard);
        setText(example.prompt);
        setAccessibleName(StartScreen::tr("Example: %1").arg(example.prompt));
        setAccessibleDescription(StartScreen::tr("Fills the recipe and starts"));
        setToolTip(StartScreen::tr("Fills the recipe and starts"));
    }

    [[nodiscard]] const Example &example() const { return m_example; }
    [[nodiscard]] bool hasPicture() const { return !m_picture.isNull(); }

    void setPicture(const QImage &picture)
    {
        m_picture = picture;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &look = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const QRectF box(rect());
        Token fill = Token::Panel;
        if (isDown())
            fill = Token::Pressed;
        else if (underMouse())
            fill = Token::Raised;
        drawBox(painter, box, 8, look.color(fill), look.color(Token::Line));
        const double words = 64;
        if (hasPicture()) {
            const QRectF area(1, 1, box.width() - 2, box.height() - words - 1);
            QPainterPath path;
            path.addRoundedRect(QRectF(1, 1, box.width() - 2, box.height() - 2), 7, 7);
            painter.save();
            painter.setClipPath(path);
            painter.fillRect(area, QColor(0xfd, 0xfd, 0xfc));
            const QSizeF fitted = QSizeF(m_picture.size()).scaled(area.size(), Qt::KeepAspectRatio);
            painter.drawImage(QRectF(area.center().x() - fitted.width() / 2, area.center().y() - fitted.height() / 2,
                                     fitted.width(), fitted.height()),
                              m_picture);
            painter.restore();
        }
        const double top = box.height() - words + (hasPicture() ? 11 : 10);
        drawElided(painter, QRectF(12, top, box.width() - 24, 20), m_example.prompt, look.font(TextStyle::Control),
                   look.color(Token::Text));
        drawElided(painter, QRectF(12, top + 24, box.width() - 24, 16),
                   StartScreen::tr("seed %1, %2").arg(m_example.seed).arg(stepsText(m_example.steps)),
                   look.font(TextStyle::Detail), look.color(Token::Text3));
    }

private:
    Example m_example;
    QImage m_picture;
};

StartScreen::StartScreen(QWidget *parent) : QWidget(parent)
{
    const Metrics &metrics = theme().metrics();
    setAcceptDrops(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metrics.space4, metrics.space4, metrics.space4, metrics.space4);
    column->setSpacing(0);
    m_title = new Label({}, TextStyle::Title, Token::Text, this);
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text = new Label({}, TextStyle::Body, Token::Text2, this);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setMaximumWidth(480);
    m_cardRow = new QWidget(this);
    auto *cards = new QHBoxLayout(m_cardRow);
    cards->setContentsMargins(0, 0, 0, 0);
    cards->setSpacing(metrics.space4);
    m_open = new Button(tr("Open a model…"), this);
    m_open->setObjectName(QStringLiteral("openModel"));
    m_open->setIconName(QStringLiteral("folder"));
    m_noteRow = new QWidget(this);
    auto *note = new QHBoxLayout(m_noteRow);
    note->setContentsMargins(0, 0, 0, 0);
    note->setSpacing(metrics.space2);
    auto *sign = new Glyph(QStringLiteral("info"), Token::Text3, metrics.icon, m_noteRow);
    m_note = new Label({}, TextStyle::Detail, Token::Text3, m_noteRow);
    note->addWidget(sign);
    note->addWidget(m_note);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metrics.buttonGap);
    buttons->addStretch(1);
    buttons->addWidget(m_open);
    buttons->addStretch(1);

    column->addStretch(1);
    column->addWidget(m_title);
    column->addSpacing(metrics.space2);
    auto *textRow = new QHBoxLayout;
    textRow->addStretch(1);
    textRow->addWidget(m_text, 100);
    textRow->addStretch(1);
    column->addLayout(textRow);
    column->addSpacing(metrics.space6);
    column->addWidget(m_cardRow, 0, Qt::AlignHCenter);
    column->addSpacing(metrics.space6);
    column->addLayout(buttons);
    column->addSpacing(metrics.space5);
    column->addWidget(m_noteRow, 0, Qt::AlignHCenter);
    column->addStretch(1);
    m_noteRow->hide();
    connect(m_open, &Button::clicked, this, &StartScreen::openModelRequested);
}

void StartScreen::setWords(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
}

void StartScreen::setExamples(const QList<Example> &examples)
{
    m_cardRow->setVisible(!examples.isEmpty());
    if (examples == m_examples)
        return;
    m_examples = examples;
    qDeleteAll(m_cards);
    m_cards.clear();
    for (const Example &example : examples) {
        auto *card = new Card(example, m_cardRow);
        m_cardRow->layout()->addWidget(card);
        m_cards.append(card);
        connect(card, &QAbstractButton::clicked, this, [this, card] { Q_EMIT exampleChosen(card->example()); });
    }
    fitCards();
}

void StartScreen::setPicture(const QString &file, const QImage &picture)
{
    for (Card *card : m_cards) {
        if (card->example().file == file)
            card->setPicture(picture);
    }
    fitCards();
}

void StartScreen::setNote(const QString &note)
{
    m_note->setText(note);
    m_noteRow->setVisible(!note.isEmpty());
}

void StartScreen::fitCards()
{
    if (m_cards.isEmpty())
        return;
    const int count = int(m_cards.size());
    const int cardWidth = std::clamp((width() - 32 - 16 * (count - 1)) / count, 120, 208);
    const bool hasPictures = std::any_of(m_cards.begin(), m_cards.end(), [](Card *card) { return card->hasPicture(); });
    // Words and buttons around the cards take about 260.
    const int pictureHeight = hasPictures ? std::clamp(std::min(cardWidth - 46, height() - 324), 0, 162) : 0;
    for (Card *card : m_cards)
        card->setFixedSize(cardWidth, 64 + pictureHeight);
}

void StartScreen::resizeEvent(QResizeEvent *)
{
    fitCards();
}

void StartScreen::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedPicture(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void StartScreen::dropEvent(QDropEvent *event)
{
    const QString file = droppedPicture(*event->mimeData());
    if (file.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT fileDropped(file);
}

void StartScreen::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Canvas));
}

QList<QWidget *> StartScreen::tabOrder() const
{
    QList<QWidget *> order;
    for (Card *card : m_cards)
        order.append(card);
    order.append(m_open);
    return order;
}

} // namespace ui
