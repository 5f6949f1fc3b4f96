#include "ui/train/found_card.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/fact_list.h"
#include "ui/common/painting.h"

#include <QDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QListView>
#include <QLocale>
#include <QPainterPath>
#include <QStringListModel>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kFew = 20; ///< fewer pictures than this are said to be few

} // namespace

/// Six small pictures in a row.
class FoundCard::Examples : public QWidget
{
public:
    explicit Examples(QWidget *parent) : QWidget(parent) { setFixedHeight(44); }

    void setPictures(const QList<QImage> &pictures)
    {
        m_pictures = pictures;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        constexpr int kCount = 6;
        constexpr int kGap = 4;
        QPainter painter(this);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        const double side = std::min<double>(height(), (width() - (kCount - 1) * kGap) / double(kCount));
        for (int i = 0; i < kCount; ++i) {
            const QRectF place(i * (side + kGap), (height() - side) / 2.0, side, side);
            if (i >= m_pictures.size()) {
                drawBox(painter, place, theme().metrics().radiusControl, theme().color(Token::Hover));
                continue;
            }
            QPainterPath path;
            path.addRoundedRect(place, theme().metrics().radiusControl, theme().metrics().radiusControl);
            painter.save();
            painter.setClipPath(path);
            painter.fillRect(place, Qt::white); // transparent pictures are trained on white
            painter.drawImage(place, m_pictures.at(i));
            painter.restore();
            drawBox(painter, place, theme().metrics().radiusControl, {}, theme().color(Token::Edge));
        }
    }

private:
    QList<QImage> m_pictures;
};

FoundCard::FoundCard(QWidget *parent)
    : QWidget(parent)
    , m_examples(new Examples(this))
    , m_facts(new FactList(this))
    , m_brokenRow(new QWidget(this))
    , m_broken(new Label(QString(), TextStyle::Detail, Token::Warning, m_brokenRow))
    , m_showBroken(new Button(tr("Show"), Button::Kind::Link, m_brokenRow))
    , m_note(new Label(QString(), TextStyle::Detail, Token::Text2, this))
{
    m_showBroken->setObjectName(QStringLiteral("showBroken"));
    m_showBroken->setAccessibleName(tr("Show the pictures that cannot be read"));
    m_note->setObjectName(QStringLiteral("foundNote"));
    m_broken->setObjectName(QStringLiteral("brokenCount"));
    m_note->setWordWrap(true);
    auto *broken = new QHBoxLayout(m_brokenRow);
    broken->setContentsMargins(0, 0, 0, 0);
    broken->setSpacing(8);
    auto *name = new Label(tr("Left out"), TextStyle::Detail, Token::Text3, m_brokenRow);
    name->setFixedWidth(96);
    broken->addWidget(name);
    broken->addWidget(m_broken);
    broken->addWidget(m_showBroken);
    broken->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(4);
    column->addWidget(m_examples);
    column->addSpacing(4);
    column->addWidget(m_facts);
    column->addWidget(m_brokenRow);
    column->addWidget(m_note);
    connect(m_showBroken, &Button::clicked, this, &FoundCard::showBrokenRequested);
}

void FoundCard::show(const app::TrainingFolderContents &contents, bool isLooking)
{
    const QLocale locale;
    const bool hasPictures = contents.pictures > 0;
    m_examples->setVisible(hasPictures);
    m_facts->setVisible(hasPictures);
    m_examples->setPictures(contents.examples);
    QList<Fact> facts = {{tr("Found"), tr("%n picture(s)", nullptr, contents.pictures)}};
    facts.append({tr("Captions"), contents.captioned == 0 ? tr("none")
                                                          : tr("%1, average %n word(s)", nullptr,
                                                               std::max(1, int(contents.captionWords + 0.5)))
                                                                .arg(locale.toString(contents.captioned))});
    if (contents.smallestSide > 0) {
        const QString size = contents.smallestSide == contents.largestSide
                                 ? tr("%1 px").arg(contents.smallestSide)
                                 : tr("%1 to %2 px").arg(contents.smallestSide).arg(contents.largestSide);
        const bool isCropped = contents.isSquare < contents.looked - contents.broken.size();
        facts.append({tr("Sizes"), isCropped ? tr("%1, cropped").arg(size) : size});
    }
    if (isLooking && hasPictures)
        facts.append({tr("Looked at"),
                      tr("%1 of %2").arg(locale.toString(contents.looked), locale.toString(contents.pictures))});
    m_facts->setFacts(facts);
    m_brokenRow->setVisible(!contents.broken.isEmpty());
    m_broken->setText(tr("%n cannot be read", nullptr, int(contents.broken.size())));

    QString note;
    Token color = Token::Text2;
    if (!contents.fault.isEmpty()) {
        note = contents.fault;
        color = Token::Danger;
    } else if (!hasPictures && isLooking) {
        note = tr("Looking…");
    } else if (contents.isDone() && hasPictures && contents.usable() < kFew) {
        note = tr("Only %n picture(s): the model will learn to repeat them, not what they have in common. It can be "
                  "trained all the same.",
                  nullptr, contents.usable());
        color = Token::Warning;
    }
    m_note->setColor(color);
    m_note->setVisible(!note.isEmpty());
    m_note->setParagraph(note);
    updateGeometry();
}

void FoundCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    drawBox(painter, rect(), theme().metrics().radiusCard, theme().color(Token::Window), theme().color(Token::Line));
}

void showBrokenPictures(const QList<app::BrokenPicture> &broken, QWidget *parent)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("brokenPictures"));
    dialog->setWindowTitle(FoundCard::tr("Pictures That Cannot Be Read"));
    setSurface(dialog, Token::Panel);
    QStringList lines;
    for (const app::BrokenPicture &picture : broken)
        lines.append(QStringLiteral("%1: %2").arg(QFileInfo(picture.file).fileName(), picture.reason));
    auto *list = new QListView(dialog);
    list->setAccessibleName(dialog->windowTitle());
    list->setModel(new QStringListModel(lines, list));
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setUniformItemSizes(true);
    auto *title = new Label(FoundCard::tr("%n picture(s) left out", nullptr, int(broken.size())), TextStyle::Title,
                            Token::Text, dialog);
    auto *text = new Label(QString(), TextStyle::Body, Token::Text2, dialog);
    text->setWordWrap(true);
    text->setParagraph(FoundCard::tr("Training goes without them. Nothing is changed in the folder."));
    auto *close = new Button(FoundCard::tr("Close"), Button::Kind::Primary, dialog);
    close->setDefault(true);
    QObject::connect(close, &Button::clicked, dialog, &QDialog::accept);
    auto *column = new QVBoxLayout(dialog);
    column->setContentsMargins(24, 24, 24, 16);
    column->setSpacing(12);
    column->addWidget(title);
    column->addWidget(text);
    column->addWidget(list, 1);
    column->addWidget(close, 0, Qt::AlignRight);
    dialog->resize(560, 420);
    dialog->open();
}

} // namespace ui
