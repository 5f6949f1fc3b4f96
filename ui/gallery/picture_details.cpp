#include "ui/gallery/picture_details.h"

#include "app/recipe.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/words.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

QString details(const char *text)
{
    return QCoreApplication::translate("ui::PictureDetails", text);
}

} // namespace

QString promptHtml(const QString &prompt)
{
    // The outermost bracket groups are coloured; escapes and stray brackets stay plain.
    QString html;
    const QString open = QStringLiteral("<span style=\"color:%1\">").arg(theme().color(Token::AccentText).name());
    int depth = 0;
    for (qsizetype i = 0; i < prompt.size(); ++i) {
        const QChar sign = prompt.at(i);
        const bool isEscaped = i > 0 && prompt.at(i - 1) == u'\\';
        if (!isEscaped && (sign == u'(' || sign == u'[') && depth++ == 0)
            html += open;
        html += QString(sign).toHtmlEscaped();
        if (!isEscaped && (sign == u')' || sign == u']') && depth > 0 && --depth == 0)
            html += QStringLiteral("</span>");
    }
    if (depth > 0)
        html += QStringLiteral("</span>");
    return html.replace(u'\n', QStringLiteral("<br>"));
}

QString madeText(const QDateTime &made)
{
    const QLocale locale;
    // The C locale shows seconds even when asked to be short.
    const QString time = locale.language() == QLocale::C ? made.time().toString(QStringLiteral("HH:mm"))
                                                         : locale.toString(made.time(), QLocale::ShortFormat);
    const QDate today = QDate::currentDate();
    if (made.date() == today)
        return details(QT_TRANSLATE_NOOP("ui::PictureDetails", "today, %1")).arg(time);
    if (made.date() == today.addDays(-1))
        return details(QT_TRANSLATE_NOOP("ui::PictureDetails", "yesterday, %1")).arg(time);
    return QStringLiteral("%1, %2").arg(locale.toString(made.date(), QLocale::ShortFormat), time);
}

QList<Fact> recipeFacts(const app::GalleryPicture &picture)
{
    QList<Fact> facts;
    const QJsonObject object = QJsonDocument::fromJson(picture.recipe).object();
    const std::optional<app::Recipe> recipe = app::recipeFromJson(object);
    const auto add = [&facts](const char *name, const QString &value, const QString &extra = {}, bool isMono = false) {
        if (!value.isEmpty())
            facts.append({details(name), value, extra, isMono});
    };
    add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Model"), picture.model, recipe ? recipe->modelHash : QString());
    if (!picture.sampler.isEmpty()) {
        const QString sampler = samplerText(picture.sampler.toStdString());
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Sampler"),
            picture.schedule.isEmpty()
                ? sampler
                : QStringLiteral("%1, %2").arg(sampler, scheduleText(picture.schedule.toStdString())));
    }
    if (picture.steps > 0)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Steps"), QString::number(picture.steps));
    if (picture.cfg > 0.0)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Guidance"), numberText(picture.cfg, 2));
    if (recipe && recipe->has(QStringLiteral("seed")))
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Seed"), QString::number(picture.seed), {}, true);
    if (recipe && recipe->request.count > 1)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Noise"),
            details(QT_TRANSLATE_NOOP("ui::PictureDetails", "%1, picture %2 of %3"))
                .arg(noiseText(recipe->request.rng))
                .arg(recipe->picture + 1)
                .arg(recipe->request.count));
    if (recipe && recipe->request.clipSkip > 1)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "CLIP skip"), QString::number(recipe->request.clipSkip));
    if (recipe && recipe->hasInit)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Made from"),
            details(QT_TRANSLATE_NOOP("ui::PictureDetails", "a picture, strength %1"))
                .arg(numberText(recipe->request.strength, 2)));
    if (picture.size.isValid())
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Size"), sizeText(picture.size.width(), picture.size.height()));
    if (recipe)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Precision"), recipe->precision);
    add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Made"), madeText(picture.created));
    if (recipe && recipe->program != QLatin1String("Tincture"))
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Program"), recipe->program);
    add(QT_TRANSLATE_NOOP("ui::PictureDetails", "File"), QFileInfo(picture.path).fileName());
    return facts;
}

QList<Fact> fileFacts(const app::GalleryPicture &picture)
{
    const QFileInfo file(picture.path);
    return {
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Name")), file.fileName()},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Folder")), file.path()},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Format")), file.suffix().toUpper()},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Size")),
         sizeText(picture.size.width(), picture.size.height())},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Bytes")), QLocale().toString(picture.bytes)},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Made")),
         QLocale().toString(picture.created, QLocale::ShortFormat)},
        {details(QT_TRANSLATE_NOOP("ui::PictureDetails", "Changed")),
         QLocale().toString(QDateTime::fromMSecsSinceEpoch(picture.modifiedMs), QLocale::ShortFormat)},
    };
}

QList<Fact> historyFacts(const app::GalleryPicture &picture)
{
    QList<Fact> facts;
    const auto add = [&facts](const char *name, const QString &value, const QString &extra = {}) {
        if (!value.isEmpty())
            facts.append({details(name), value, extra});
    };
    const QJsonObject object = QJsonDocument::fromJson(picture.recipe).object();
    const std::optional<app::Recipe> recipe = app::recipeFromJson(object);
    add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Made"), madeText(picture.created));
    if (recipe && !recipe->program.isEmpty())
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Program"),
            recipe->version.isEmpty() ? recipe->program
                                      : QStringLiteral("%1 %2").arg(recipe->program, recipe->version));
    if (recipe && recipe->hasInit)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Made from"),
            details(QT_TRANSLATE_NOOP("ui::PictureDetails", "another picture")));
    if (!picture.parent.isEmpty())
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "Branch of"), QFileInfo(picture.parent).fileName(),
            details(QT_TRANSLATE_NOOP("ui::PictureDetails", "from step %1")).arg(picture.branchStep + 1));
    const QDateTime changed = QDateTime::fromMSecsSinceEpoch(picture.modifiedMs);
    if (picture.modifiedMs > 0 && std::abs(picture.created.secsTo(changed)) > 2)
        add(QT_TRANSLATE_NOOP("ui::PictureDetails", "File changed"), madeText(changed));
    return facts;
}

StarRow::StarRow(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("focusRadius", 4);
    setAccessibleName(tr("Stars"));
}

void StarRow::setStars(int stars)
{
    m_stars = stars;
    setAccessibleDescription(tr("%n star(s)", nullptr, stars));
    update();
}

void StarRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintStars(painter, QPointF(0, 3), 14, m_hovered > 0 ? m_hovered : m_stars, 5, theme().color(Token::Star),
               theme().color(Token::Text3));
}

void StarRow::mousePressEvent(QMouseEvent *event)
{
    const int star = std::clamp(event->pos().x() / 14 + 1, 1, 5);
    Q_EMIT chosen(star == m_stars ? 0 : star);
}

void StarRow::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = std::clamp(event->pos().x() / 14 + 1, 1, 5);
    update();
}

void StarRow::leaveEvent(QEvent *)
{
    m_hovered = 0;
    update();
}

void StarRow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5)
        Q_EMIT chosen(event->key() - Qt::Key_0);
    else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
        Q_EMIT chosen(std::clamp(m_stars + (event->key() == Qt::Key_Right ? 1 : -1), 0, 5));
    else
        QWidget::keyPressEvent(event);
}

PictureDetails::PictureDetails(Layout layout, QWidget *parent)
    : QWidget(parent)
    , m_layout(layout)
    , m_prompts(new QWidget(this))
    , m_prompt(new Label(QString(), TextStyle::Body, Token::Text, this))
    , m_negativeRow(new QWidget(this))
    , m_negative(new Label(QString(), layout == Layout::Brief ? TextStyle::Detail : TextStyle::Body,
                           layout == Layout::Brief ? Token::Text3 : Token::Text2, this))
    , m_none(new Label(tr("This file does not say how it was made."), TextStyle::Detail, Token::Text3, this))
    , m_problem(new Label(QString(), TextStyle::Detail, Token::Danger, this))
    , m_facts(new FactList(this))
{
    for (Label *label : {m_prompt, m_negative}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setFocusPolicy(Qt::NoFocus);
        label->setMinimumWidth(1);
    }
    m_none->setWordWrap(true);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("pictureProblem"));
    m_problem->hide();
    auto *copy = new IconButton(QStringLiteral("copy"), tr("Copy prompt"), this);
    connect(copy, &IconButton::clicked, this, [this] { Q_EMIT commandGiven(PictureCommand::CopyPrompt); });
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(tr("Prompt"), TextStyle::Label, Token::Text2, this), 1);
    head->addWidget(copy);
    auto *prompts = new QVBoxLayout(m_prompts);
    prompts->setContentsMargins(0, 0, 0, 0);
    prompts->setSpacing(2);
    prompts->addLayout(head);
    prompts->addWidget(m_prompt);
    auto *negative = new QVBoxLayout(m_negativeRow);
    negative->setContentsMargins(0, layout == Layout::Brief ? 2 : 14, 0, 0);
    negative->setSpacing(6);
    if (layout == Layout::Full)
        negative->addWidget(new Label(tr("Negative prompt"), TextStyle::Label, Token::Text2, this));
    negative->addWidget(m_negative);
    prompts->addWidget(m_negativeRow);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().space3);
    column->addWidget(m_problem);
    column->addWidget(m_prompts);
    column->addWidget(m_none);
    if (layout == Layout::Full) {
        auto *line = new HairLine(this);
        column->addWidget(line);
    }
    column->addWidget(m_facts);
    connect(&theme(), &Theme::changed, this, &PictureDetails::refresh);
}

void PictureDetails::setPicture(const app::GalleryPicture &picture)
{
    m_picture = picture;
    refresh();
}

void PictureDetails::setPart(Part part)
{
    m_part = part;
    refresh();
}

void PictureDetails::refresh()
{
    const bool isRecipe = m_part == Part::Recipe;
    m_prompts->setVisible(isRecipe && !(m_picture.prompt.isEmpty() && m_picture.recipe.isEmpty()));
    m_none->setVisible(isRecipe && m_picture.prompt.isEmpty() && m_picture.recipe.isEmpty());
    m_prompt->setParagraphHtml(m_picture.prompt.isEmpty() ? tr("no prompt") : promptHtml(m_picture.prompt));
    m_negativeRow->setVisible(!m_picture.negative.isEmpty());
    m_negative->setParagraph(m_layout == Layout::Brief ? tr("without: %1").arg(m_picture.negative)
                                                       : m_picture.negative);
    switch (m_part) {
    case Part::Recipe:
        m_facts->setFacts(recipeFacts(m_picture));
        break;
    case Part::File:
        m_facts->setFacts(fileFacts(m_picture));
        break;
    case Part::History:
        m_facts->setFacts(historyFacts(m_picture) + (m_more ? m_more(m_picture) : QList<Fact>()));
        break;
    }
}

void PictureDetails::setProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

UseButtons::UseButtons(Layout layout, QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    const auto make = [this](const QString &text, PictureCommand command, bool showsKey, Button::Kind kind) {
        auto *button = new Button(text, kind, this);
        if (showsKey)
            button->setKeyHint(pictureKeyText(command));
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(button, &Button::clicked, this, [this, command] { Q_EMIT commandGiven(command); });
        return button;
    };
    const bool isViewer = layout == Layout::Viewer;
    Button *all = make(tr("Use these settings"), PictureCommand::UseAll, isViewer, Button::Kind::Primary);
    all->setIconName(QStringLiteral("edit"));
    all->setObjectName(QStringLiteral("useAll"));
    m_use.append(all);
    m_grid->setContentsMargins(16, 12, 16, 16);
    m_grid->setSpacing(theme().metrics().buttonGap);
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, 1);
    m_grid->addWidget(all, 0, 0, 1, 2);
    if (isViewer) {
        Button *prompts = make(tr("Prompts"), PictureCommand::UsePrompts, true, Button::Kind::Normal);
        Button *seed = make(tr("Seed"), PictureCommand::UseSeed, true, Button::Kind::Normal);
        Button *rest = make(tr("All but seed"), PictureCommand::UseAllButSeed, true, Button::Kind::Normal);
        m_alike = make(tr("More like this"), PictureCommand::MoreLikeThis, false, Button::Kind::Normal);
        m_alike->setObjectName(QStringLiteral("moreLikeThis"));
        m_grid->addWidget(prompts, 1, 0);
        m_grid->addWidget(seed, 1, 1);
        m_grid->addWidget(rest, 2, 0);
        m_grid->addWidget(m_alike, 2, 1);
        m_use += {prompts, seed, rest};
        m_added = 6;
    } else {
        m_compare = make(tr("Compare"), PictureCommand::Compare, false, Button::Kind::Normal);
        m_compare->setObjectName(QStringLiteral("compare"));
        m_compare->setIconName(QStringLiteral("compare"));
        m_grid->addWidget(m_compare, 1, 0, 1, 2);
        m_added = 2;
    }
    setHasRecipe(false);
}

Button *UseButtons::addButton(const QString &text, const QString &iconName)
{
    auto *button = new Button(text, Button::Kind::Normal, this);
    button->setIconName(iconName);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    if (m_added == 2 && m_compare) {
        // It shares the row of Compare.
        m_grid->removeWidget(m_compare);
        m_grid->addWidget(m_compare, 1, 0);
        m_added = 3;
    }
    m_grid->addWidget(button, m_added / 2, m_added % 2);
    ++m_added;
    return button;
}

void UseButtons::setHasRecipe(bool hasRecipe)
{
    for (Button *button : std::as_const(m_use)) {
        button->setEnabled(hasRecipe);
        button->setToolTip(hasRecipe ? QString() : tr("This file does not say how it was made."));
    }
}

} // namespace ui
