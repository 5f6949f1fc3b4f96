#include "ui/compare/compare_panel.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/theme.h"
#include "ui/compare/compare_model.h"
#include "ui/compare/compare_view.h"
#include "ui/compare/difference_table.h"
#include "ui/compare/overview.h"
#include "ui/compare/slot_list.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int kPadding = 16;

/// Words of one prompt against the other's: what is gone is struck through and red, what is new underlined and green.
QString wordsHtml(const QList<app::WordRun> &runs)
{
    const Theme &look = theme();
    QString html;
    for (const app::WordRun &run : runs) {
        const QString text = run.text.toHtmlEscaped();
        if (run.kind == app::WordRun::Kind::Same) {
            html += text;
            continue;
        }
        const bool isRemoved = run.kind == app::WordRun::Kind::Removed;
        // The spaces behind the last word are not marked.
        const QString words = run.text.trimmed().toHtmlEscaped();
        html += QStringLiteral("<span style=\"background-color:%1;color:%2;text-decoration:%3\">&nbsp;%4&nbsp;</span> ")
                    .arg(look.color(isRemoved ? Token::DangerSoft : Token::AccentSoft).name(),
                         look.color(isRemoved ? Token::Danger : Token::AccentText).name(),
                         isRemoved ? QStringLiteral("line-through") : QStringLiteral("underline"), words);
    }
    return html;
}

QString spokenWords(const QList<app::WordRun> &runs)
{
    QStringList parts;
    for (const app::WordRun &run : runs) {
        if (run.kind == app::WordRun::Kind::Removed)
            parts.append(ComparePanel::tr("gone: %1").arg(run.text.trimmed()));
        else if (run.kind == app::WordRun::Kind::Inserted)
            parts.append(ComparePanel::tr("new: %1").arg(run.text.trimmed()));
    }
    return parts.join(QStringLiteral("; "));
}

} // namespace

ComparePanel::ComparePanel(CompareModel &model, CompareView &view, QWidget *parent)
    : SidePanel(Side::Right, 376, parent)
    , m_model(model)
    , m_view(view)
    , m_differences(new DifferenceModel(model, this))
    , m_slots(new SlotList(model, this))
    , m_addMenu(new QMenu(this))
    , m_add(new Button(tr("Add a picture"), this))
{
    auto *body = new QWidget(this);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, kPadding);
    column->setSpacing(0);
    column->addWidget(m_slots);
    auto *adding = new QHBoxLayout;
    adding->setContentsMargins(kPadding, 10, kPadding, 10);
    m_add->setObjectName(QStringLiteral("compareAdd"));
    m_add->setIconName(QStringLiteral("plus"));
    m_add->setControlSize(Button::Size::Small);
    m_add->setMenu(m_addMenu);
    adding->addWidget(m_add);
    adding->addStretch(1);
    column->addLayout(adding);
    column->addWidget(new HairLine(body));
    column->addWidget(makeOverview());
    column->addWidget(makeDifferences());
    column->addStretch(1);
    setBody(body);
    setFoot(makeFoot());
}

QWidget *ComparePanel::makeOverview()
{
    m_overviewBox = new QWidget(this);
    auto *column = new QVBoxLayout(m_overviewBox);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(kPadding, 12, kPadding, 12);
    row->setSpacing(kPadding);
    m_overview = new Overview(m_overviewBox);
    row->addWidget(m_overview, 0, Qt::AlignTop);
    auto *checks = new QVBoxLayout;
    checks->setSpacing(8);
    m_linked = new QCheckBox(tr("Link zoom and pan"), m_overviewBox);
    m_smooth = new QCheckBox(tr("Smooth when enlarged"), m_overviewBox);
    m_names = new QCheckBox(tr("Show names"), m_overviewBox);
    m_linked->setToolTip(tr("L"));
    m_smooth->setToolTip(tr("E: every pixel as a square"));
    m_names->setToolTip(tr("N"));
    for (QCheckBox *each : {m_linked, m_smooth, m_names})
        checks->addWidget(each);
    checks->addStretch(1);
    row->addLayout(checks, 1);
    column->addLayout(row);
    column->addWidget(new HairLine(m_overviewBox));
    connect(m_overview, &Overview::centreWanted, &m_view, &CompareView::centreOn);
    connect(m_linked, &QCheckBox::toggled, &m_view, &CompareView::setLinked);
    connect(m_smooth, &QCheckBox::toggled, &m_view, &CompareView::setSmooth);
    connect(m_names, &QCheckBox::toggled, &m_view, &CompareView::setNamesShown);
    connect(&m_view, &CompareView::partChanged, this, &ComparePanel::refreshOverview);
    return m_overviewBox;
}

QWidget *ComparePanel::makeDifferences()
{
    m_details = new QWidget(this);
    auto *column = new QVBoxLayout(m_details);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(kPadding, 0, kPadding, 4);
    head->setSpacing(8);
    head->addWidget(new Label(tr("Differences"), TextStyle::Panel, Token::Text, m_details));
    m_count = new Label(QString(), TextStyle::Body, Token::Text3, m_details);
    m_count->setObjectName(QStringLiteral("differenceCount"));
    head->addWidget(m_count, 1);
    m_only = new QCheckBox(tr("Only these"), m_details);
    m_only->setObjectName(QStringLiteral("onlyDifferent"));
    m_only->setToolTip(tr("Hides the settings that are the same"));
    m_only->setChecked(true);
    head->addWidget(m_only);
    column->addLayout(head);
    m_nothing = new Label(QString(), TextStyle::Body, Token::Text2, m_details);
    m_nothing->setObjectName(QStringLiteral("differenceWords"));
    m_nothing->setWordWrap(true);
    m_nothing->setContentsMargins(kPadding, 4, kPadding, 8);
    column->addWidget(m_nothing);
    m_table = new DifferenceTable(*m_differences, m_details);
    column->addWidget(m_table);
    const auto section = [&](Label *&title, Label *&text, const QString &words, const char *name) {
        title = new Label(words, TextStyle::Label, Token::Text2, m_details);
        title->setContentsMargins(kPadding, 16, kPadding, 6);
        text = new Label(QString(), TextStyle::Body, Token::Text, m_details);
        text->setObjectName(QLatin1String(name));
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        text->setContentsMargins(kPadding, 0, kPadding, 0);
        column->addWidget(title);
        column->addWidget(text);
    };
    section(m_promptTitle, m_prompt, tr("Prompt, by words"), "promptWords");
    section(m_negativeTitle, m_negative, tr("Negative prompt, by words"), "negativeWords");
    section(m_sameTitle, m_same, tr("The same"), "sameSettings");
    m_same->setTextStyle(TextStyle::Detail);
    m_same->setColor(Token::Text3);
    connect(m_only, &QCheckBox::toggled, this, [this](bool isOn) { m_differences->setOnlyDifferent(isOn); });
    connect(m_table, &DifferenceTable::applyRequested, this, &ComparePanel::applyRequested);
    connect(&theme(), &Theme::changed, this, [this] { showWords(m_second); });
    return m_details;
}

QWidget *ComparePanel::makeFoot()
{
    auto *foot = new QWidget(this);
    auto *column = new QVBoxLayout(foot);
    column->setContentsMargins(kPadding, 12, kPadding, 12);
    column->setSpacing(8);
    m_use = new Button(QString(), Button::Kind::Primary, foot);
    m_use->setObjectName(QStringLiteral("useSettings"));
    m_use->setIconName(QStringLiteral("edit"));
    column->addWidget(m_use);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_map = new Button(tr("Difference map"), foot);
    m_map->setIconName(QStringLiteral("difference"));
    m_plot = new Button(tr("X/Y plot…"), foot);
    m_plot->setIconName(QStringLiteral("gallery"));
    m_plot->setToolTip(tr("Lays the pictures out by the settings that differ"));
    m_export = new Button(tr("Export…"), foot);
    m_export->setObjectName(QStringLiteral("compareExport"));
    m_export->setIconName(QStringLiteral("export"));
    m_export->setToolTip(tr("As files, a contact sheet or a zip"));
    for (Button *each : {m_map, m_plot, m_export})
        row->addWidget(each, 1);
    column->addLayout(row);
    connect(m_use, &Button::clicked, this, [this] { Q_EMIT useRequested(m_second); });
    connect(m_map, &Button::clicked, this, &ComparePanel::mapRequested);
    connect(m_plot, &Button::clicked, this, &ComparePanel::plotRequested);
    connect(m_export, &Button::clicked, this, &ComparePanel::exportRequested);
    return foot;
}

void ComparePanel::refreshOverview()
{
    m_linked->setChecked(m_view.isLinked());
    m_smooth->setChecked(m_view.isSmooth());
    m_names->setChecked(m_view.hasNames());
    m_overview->setPart(m_view.shownPart());
}

void ComparePanel::refresh(int second)
{
    m_second = std::clamp(second, 0, std::max(0, m_model.count() - 1));
    const int count = m_model.count();
    // Of two in one place all is seen, or what is left out can be guessed: what differs comes first there.
    m_overviewBox->setVisible(count > 1 &&
                              (m_view.mode() == CompareMode::Grid || m_view.mode() == CompareMode::SideBySide));
    m_overview->setPicture(count > 0 ? m_model.at(0).picture.about(192) : QImage());
    refreshOverview();

    m_differences->refresh();
    int known = 0;
    for (const CompareSlot &slot : m_model.all())
        known += slot.recipe ? 1 : 0;
    const int differing = m_differences->differing();
    m_details->setVisible(count > 0);
    m_only->setVisible(known > 1);
    m_count->setText(known > 1 ? tr("%1 of %n setting(s)", nullptr, m_differences->settings()).arg(differing)
                               : QString());
    QString words;
    if (count < 2)
        words = tr("Add a second picture to see what differs.");
    else if (known == 0)
        words = tr("None of these pictures says how it was made.");
    else if (known < count && known == 1)
        words = tr("Only one of these pictures says how it was made, so nothing can be compared.");
    else if (differing == 0)
        words = tr("Nothing differs in the settings.");
    else if (known < count)
        words = tr("%n of these pictures do(es) not say how it was made.", nullptr, count - known);
    m_nothing->setText(words);
    m_nothing->setVisible(!words.isEmpty());
    m_table->setVisible(count > 0);
    showWords(m_second);

    const QString letter = CompareModel::letter(m_second);
    const bool hasRecipe = m_second < count && m_model.at(m_second).recipe;
    m_use->setText(tr("Use the settings of %1").arg(letter));
    m_use->setEnabled(hasRecipe);
    m_use->setToolTip(hasRecipe ? QString() : tr("%1 does not say how it was made").arg(letter));
    m_map->setEnabled(count > 1);
    m_map->setVisible(count < 3);
    m_plot->setVisible(count > 2);
    m_export->setEnabled(std::any_of(m_model.all().begin(), m_model.all().end(),
                                     [](const CompareSlot &slot) { return !slot.path.isEmpty(); }));
    m_add->setEnabled(count < CompareModel::kMost);
    m_add->setToolTip(m_add->isEnabled() ? QString() : tr("16 pictures can be compared at a time"));
}

void ComparePanel::showWords(int second)
{
    const bool hasTwo = m_model.count() > 1 && second > 0 && second < m_model.count() && m_model.at(0).recipe &&
                        m_model.at(second).recipe;
    const auto show = [&](Label *title, Label *text, const QString &heading, auto member) {
        const QString from = hasTwo ? QString::fromStdString(m_model.at(0).recipe->request.*member) : QString();
        const QString to = hasTwo ? QString::fromStdString(m_model.at(second).recipe->request.*member) : QString();
        const bool differs = from.simplified() != to.simplified();
        title->setVisible(differs);
        text->setVisible(differs);
        if (!differs)
            return;
        const QList<app::WordRun> runs = app::RecipeDifference::words(from, to);
        title->setText(m_model.count() > 2 ? tr("%1, A against %2").arg(heading, CompareModel::letter(second))
                                           : heading);
        text->setParagraphHtml(wordsHtml(runs));
        text->setAccessibleName(heading);
        text->setAccessibleDescription(spokenWords(runs));
    };
    show(m_promptTitle, m_prompt, tr("Prompt, by words"), &engine::GenerateRequest::prompt);
    show(m_negativeTitle, m_negative, tr("Negative prompt, by words"), &engine::GenerateRequest::negativePrompt);
    const QString same = m_model.count() > 1 ? m_differences->sameText() : QString();
    m_sameTitle->setVisible(!same.isEmpty());
    m_same->setVisible(!same.isEmpty());
    m_same->setParagraph(same);
}

} // namespace ui
