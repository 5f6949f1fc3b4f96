#include "ui/learn/learn_page.h"

#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/explanation.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/common/tool_bar.h"
#include "ui/learn/forward_view.h"
#include "ui/learn/learn_view.h"
#include "ui/learn/reverse_view.h"
#include "ui/learn/words_view.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kExplanation = "learn/explanation";
constexpr auto kTab = "learn/tab";

} // namespace

LearnPage::LearnPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_bar(new ToolBar(theme().metrics().toolbarWide, this))
    , m_choice(new SegmentedControl(m_bar))
    , m_explain(new IconButton(QStringLiteral("info"), tr("Explanation"), m_bar))
    , m_explanation(new Explanation(this))
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

    connect(m_explain, &QToolButton::clicked, this, [this] { setExplained(!isExplained()); });
    connect(m_choice, &SegmentedControl::currentChanged, this, &LearnPage::showIndex);

    // Its formula stands beside the slider over t.
    addTab({.id = QStringLiteral("forward"),
            .title = tr("Forward diffusion"),
            .text = tr("A diffusion model learns from ruined pictures. Here the ruin is yours to watch: at each t a "
                       "little of the picture is kept and the rest is random noise, until nothing but noise is left. "
                       "The schedule says how fast. Asked at any t, the model guesses the noise; what remains is its "
                       "idea of the picture."),
            .make = [this] { return new ForwardView(m_studio, m_stack); }});
    addTab({.id = QStringLiteral("reverse"),
            .title = tr("Reverse diffusion"),
            .text = tr("At each step the network looks at the noisy picture and guesses the noise in it. Taking that "
                       "guess away gives the predicted picture. The sampler goes a small way towards it and asks "
                       "again. Guidance widens the gap between the guess with the prompt and the guess without."),
            .formula = QStringLiteral("\\hat{x}_0 = x_t - \\sigma_t \\cdot \\epsilon_\\theta(x_t, t, c)"),
            .spoken = tr("x zero hat is x t minus sigma t times the noise that the network guesses from x t, t and the "
                         "prompt"),
            .make = [this] {
                auto *view = new ReverseView(m_studio, m_stack);
                connect(view, &ReverseView::createRequested, this, &LearnPage::createRequested);
                connect(view, &ReverseView::compareRequested, this, &LearnPage::compareRequested);
                return view;
            }});
    addTab({.id = QStringLiteral("words"),
            .title = tr("Words and picture"),
            .text = tr("The network reads the prompt by attention: every place of the picture asks every word how much "
                       "it has to say there. Added up over layers and steps, the answers show which part a word drew. "
                       "Words without a place of their own, such as \"of\", light up all over or along edges."),
            .formula = QStringLiteral("\\text{softmax}(Q K^T / \\sqrt{d})"),
            .spoken = tr("softmax of Q times K transposed, divided by the square root of d"),
            .make = [this] {
                auto *view = new WordsView(m_studio, m_stack);
                connect(view, &WordsView::createRequested, this, &LearnPage::createRequested);
                return view;
            }});

    setExplained(!studio.settings().isPanelFolded(QLatin1String(kExplanation)));
    m_choice->setVisible(m_tabs.size() > 1);
    const QString last = studio.settings().viewState(QLatin1String(kTab)).toString();
    int wanted = 0;
    for (size_t i = 0; i < m_tabs.size(); ++i)
        wanted = m_tabs[i].id == last ? int(i) : wanted;
    m_choice->setCurrentIndex(wanted);
    showIndex(wanted);
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

void LearnPage::showIndex(int index)
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

void LearnPage::inspect(const QString &picture)
{
    showTab(QStringLiteral("reverse"));
    if (auto *view = qobject_cast<ReverseView *>(tab(QStringLiteral("reverse"))))
        view->open(picture);
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

bool LearnPage::event(QEvent *event)
{
    // F1 opens the keys everywhere else; here it folds the explanation.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->key() == Qt::Key_F1)
        event->accept();
    return Page::event(event);
}

void LearnPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F1)
        setExplained(!isExplained());
    else
        Page::keyPressEvent(event);
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
