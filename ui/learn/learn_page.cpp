#include "ui/learn/learn_page.h"

#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/elided_label.h"
#include "ui/common/formula.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/tool_bar.h"
#include "ui/learn/forward_view.h"
#include "ui/learn/learn_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kExplanation = "learn/explanation";
constexpr auto kTab = "learn/tab";

} // namespace

/// What is seen, in plain words, with the one formula that matters.
class LearnExplanation : public QWidget
{
public:
    explicit LearnExplanation(QWidget *parent)
        : QWidget(parent)
        , m_text(new Label(QString(), TextStyle::Body, Token::Text2, this))
        , m_formula(new Formula({}, {}, this))
    {
        setSurface(this, Token::Panel);
        m_text->setObjectName(QStringLiteral("explanation"));
        m_text->setWordWrap(true);
        m_formula->setPixelSize(18);
        auto *row = new QHBoxLayout;
        row->setContentsMargins(24, 10, 24, 10);
        row->setSpacing(32);
        row->addWidget(m_text, 1);
        row->addWidget(m_formula, 0, Qt::AlignVCenter);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addLayout(row);
        column->addWidget(new HairLine(this));
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    }

    void setContent(const QString &text, const QString &formula, const QString &spoken)
    {
        m_text->setParagraph(text);
        m_formula->setSource(formula, spoken);
        m_formula->setVisible(!formula.isEmpty());
    }

private:
    Label *m_text;
    Formula *m_formula;
};

LearnPage::LearnPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_bar(new ToolBar(theme().metrics().toolbarWide, this))
    , m_choice(new SegmentedControl(m_bar))
    , m_explain(new IconButton(QStringLiteral("info"), tr("Explanation"), m_bar))
    , m_explanation(new LearnExplanation(this))
    , m_stack(new QStackedWidget(this))
{
    setAccessibleName(tr("Learn"));
    setSurface(this, Token::Window);
    m_choice->setObjectName(QStringLiteral("learnTabs"));
    m_choice->setAccessibleName(tr("What to look at"));
    m_explain->setObjectName(QStringLiteral("explain"));
    m_explain->setName(tr("Explanation"), QStringLiteral("F1"));
    m_explain->setCheckable(true);
    m_bar->row()->addWidget(m_choice);
    m_bar->row()->addStretch(1);
    m_bar->row()->addWidget(m_explain);

    auto *column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_explanation);
    column->addWidget(m_stack, 1);
    m_row = new QHBoxLayout(this);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(0);
    m_row->addLayout(column, 1);
    m_stack->setMinimumWidth(1);

    auto *fold = new QAction(tr("Explanation"), this);
    fold->setShortcut(Qt::Key_F1);
    fold->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(fold);
    connect(fold, &QAction::triggered, this, [this] { setExplained(!isExplained()); });
    connect(m_explain, &QToolButton::clicked, this, [this] { setExplained(!isExplained()); });
    connect(m_choice, &SegmentedControl::currentChanged, this, &LearnPage::show);

    addTab(
        {.id = QStringLiteral("forward"),
         .title = tr("Forward diffusion"),
         .text = tr("A diffusion model learns from ruined pictures. Here the ruin is yours to watch: at each t a "
                    "little of the picture is kept and the rest is random noise, until nothing but noise is left. "
                    "The schedule says how fast. Asked at any t, the model guesses the noise; what remains is its "
                    "idea of the picture."),
         .formula = QStringLiteral("x_t = \\sqrt{\\bar\\alpha_t} \\, x_0 + \\sqrt{1 - \\bar\\alpha_t} \\, \\epsilon"),
         .spoken = tr("x t is the square root of alpha bar t times the picture, plus the square root of one minus "
                      "alpha bar t times the noise"),
         .make = [this] { return new ForwardView(m_studio, m_stack); }});

    setExplained(!studio.settings().isPanelFolded(QLatin1String(kExplanation)));
    m_choice->setVisible(m_tabs.size() > 1);
    const QString last = studio.settings().viewState(QLatin1String(kTab)).toString();
    int wanted = 0;
    for (size_t i = 0; i < m_tabs.size(); ++i)
        wanted = m_tabs[i].id == last ? int(i) : wanted;
    m_choice->setCurrentIndex(wanted);
    show(wanted);
}

LearnPage::~LearnPage() = default;

void LearnPage::addTab(Tab tab)
{
    m_choice->addChoice(tab.title);
    m_tabs.push_back(std::move(tab));
}

LearnView *LearnPage::view() const
{
    return m_current < 0 ? nullptr : qobject_cast<LearnView *>(m_tabs[size_t(m_current)].widget);
}

QWidget *LearnPage::tab(const QString &id)
{
    for (Tab &tab : m_tabs) {
        if (tab.id != id)
            continue;
        if (!tab.widget) {
            tab.widget = tab.make();
            m_stack->addWidget(tab.widget);
            if (auto *made = qobject_cast<LearnView *>(tab.widget)) {
                made->setCompact(m_isNarrow, m_isLow);
                connect(made, &LearnView::statusChanged, this, &LearnPage::statusChanged);
                if (QWidget *part = made->toolbarPart()) {
                    m_bar->row()->insertWidget(m_bar->row()->count() - 2, part, 1000);
                    part->hide();
                }
                if (SidePanel *panel = made->rightPanel()) {
                    m_row->addWidget(panel);
                    panel->hide();
                }
            }
        }
        return tab.widget;
    }
    return nullptr;
}

void LearnPage::show(int index)
{
    if (index == m_current || index < 0 || index >= int(m_tabs.size()))
        return;
    if (LearnView *before = view()) {
        before->deactivate();
        if (before->toolbarPart())
            before->toolbarPart()->hide();
        if (before->rightPanel())
            before->rightPanel()->hide();
    }
    const Tab &wanted = m_tabs[size_t(index)];
    QWidget *widget = tab(wanted.id);
    m_current = index;
    m_stack->setCurrentWidget(widget);
    m_explanation->setContent(wanted.text, wanted.formula, wanted.spoken);
    if (LearnView *now = view()) {
        if (now->toolbarPart())
            now->toolbarPart()->show();
        if (SidePanel *panel = now->rightPanel())
            panel->setVisible(!panel->isFolded());
        now->setCompact(m_isNarrow, m_isLow);
        if (isVisible())
            now->activate();
    }
    m_studio.settings().setViewState(QLatin1String(kTab), wanted.id);
    Q_EMIT statusChanged();
}

void LearnPage::showTab(const QString &id)
{
    for (size_t i = 0; i < m_tabs.size(); ++i) {
        if (m_tabs[i].id == id)
            m_choice->setCurrentIndex(int(i));
    }
}

QString LearnPage::currentTab() const
{
    return m_current < 0 ? QString() : m_tabs[size_t(m_current)].id;
}

SidePanel *LearnPage::rightPanel() const
{
    return view() ? view()->rightPanel() : nullptr;
}

QList<QWidget *> LearnPage::parts() const
{
    QList<QWidget *> all = {m_bar};
    if (view())
        all += view()->parts();
    else
        all.append(m_stack);
    return all;
}

QWidget *LearnPage::focusOf(QWidget *part) const
{
    if (part == m_bar)
        return m_choice;
    return view() ? view()->focusOf(part) : part;
}

PageStatus LearnPage::status() const
{
    return view() ? view()->status() : PageStatus();
}

void LearnPage::setCompact(bool narrow, bool low)
{
    m_isNarrow = narrow;
    m_isLow = low;
    if (view())
        view()->setCompact(narrow, low);
}

void LearnPage::activate()
{
    if (view())
        view()->activate();
}

void LearnPage::hideEvent(QHideEvent *event)
{
    Page::hideEvent(event);
    if (view())
        view()->deactivate();
}

void LearnPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    if (view())
        view()->activate();
}

bool LearnPage::isExplained() const
{
    return !m_explanation->isHidden();
}

void LearnPage::setExplained(bool isExplained)
{
    m_explanation->setVisible(isExplained);
    m_explain->setChecked(isExplained);
    m_studio.settings().setPanelFolded(QLatin1String(kExplanation), !isExplained);
}

} // namespace ui
