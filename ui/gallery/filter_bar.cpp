#include "ui/gallery/filter_bar.h"

#include "engine/catalog.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/elided_label.h"
#include "ui/common/flow_layout.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/search_terms.h"

#include <QDate>
#include <QHBoxLayout>
#include <QLocale>
#include <QMenu>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kMostInMenu = 40;

} // namespace

FilterBar::FilterBar(Offers offers, QWidget *parent)
    : QWidget(parent)
    , m_offers(std::move(offers))
    , m_chipArea(new QWidget(this))
    , m_flow(new FlowLayout(m_chipArea, 8))
    , m_problem(new ElidedLabel(QString(), TextStyle::Detail, Token::Danger, this))
    , m_clear(new Button(tr("Clear all"), Button::Kind::Link, this))
    , m_alikeChip(new Chip(QString(), m_chipArea))
{
    setObjectName(QStringLiteral("filters"));
    setAccessibleName(tr("Filters"));
    setMinimumHeight(40);
    m_flow->setContentsMargins(0, 0, 0, 0);
    m_clear->setControlSize(Button::Size::Small);
    m_clear->setFixedHeight(theme().metrics().chip);
    m_clear->setObjectName(QStringLiteral("clearAll"));
    m_problem->setObjectName(QStringLiteral("searchProblem"));
    m_problem->hide();
    m_alikeChip->setObjectName(QStringLiteral("alike"));
    m_alikeChip->setOn(true);
    m_alikeChip->hide();
    connect(m_alikeChip, &Chip::removed, this, &FilterBar::alikeRemoved);
    connect(m_clear, &Button::clicked, this, &FilterBar::clearRequested);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_chipArea, 1);
    row->addWidget(m_clear, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 8, 16, 8);
    column->setSpacing(4);
    column->addWidget(m_problem); // right under the field
    column->addLayout(row);
    addChip(QStringLiteral("made"), tr("Made"), &FilterBar::fillMade);
    addChip(QStringLiteral("rejected"), tr("Rejected"), &FilterBar::fillRejected);
    addChip(QStringLiteral("stars"), tr("Stars"), &FilterBar::fillStars);
    addChip(QStringLiteral("model"), tr("Model"), &FilterBar::fillModel);
    addChip(QStringLiteral("sampler"), tr("Sampler"), &FilterBar::fillSampler);
    addChip(QStringLiteral("tags"), tr("Tags"), &FilterBar::fillTags);
    addChip(QStringLiteral("label"), tr("Label"), &FilterBar::fillLabel);
    addChip(QStringLiteral("size"), tr("Size"), &FilterBar::fillSize);
    rebuildTyped();
    updateClear();
}

void FilterBar::addChip(const QString &key, const QString &text, void (FilterBar::*fill)(QMenu &))
{
    auto *chip = new Chip(text, m_chipArea);
    chip->setObjectName(QStringLiteral("filter-") + key);
    chip->setProperty("off", text);
    m_chips.insert(key, chip);
    m_order.append(key);
    connect(chip, &Chip::clicked, this, [this, chip, fill] {
        QMenu menu(this);
        (this->*fill)(menu);
        menu.exec(chip->mapToGlobal(QPoint(0, chip->height() + 4)));
    });
    connect(chip, &Chip::removed, this, [this, key] { setFilter(key, {}, {}); });
}

void FilterBar::rebuildTyped()
{
    while (QLayoutItem *item = m_flow->takeAt(0))
        delete item;
    for (Chip *chip : std::as_const(m_typedChips)) {
        chip->hide();
        chip->deleteLater();
    }
    m_typedChips.clear();
    for (const QString &term : std::as_const(m_typed)) {
        auto *chip = new Chip(term, m_chipArea);
        chip->setOn(true);
        chip->setToolTip(tr("Click to change it"));
        m_flow->addWidget(chip);
        chip->show();
        m_typedChips.append(chip);
        connect(chip, &Chip::removed, this, [this, term] {
            m_typed.removeOne(term);
            rebuildTyped();
            Q_EMIT changed();
        });
        connect(chip, &Chip::clicked, this, [this, term] {
            m_typed.removeOne(term);
            rebuildTyped();
            Q_EMIT editRequested(term);
        });
    }
    m_flow->addWidget(m_alikeChip);
    m_alikeChip->setVisible(!m_alike.isEmpty());
    for (const QString &key : std::as_const(m_order))
        m_flow->addWidget(m_chips.value(key));
    m_flow->invalidate();
    m_chipArea->updateGeometry();
    updateGeometry();
    updateClear();
}

void FilterBar::updateClear()
{
    m_clear->setVisible(!isEmpty() || m_isFieldFilled);
}

QString FilterBar::query() const
{
    QStringList terms = m_typed;
    for (const QString &key : m_order) {
        if (m_terms.contains(key))
            terms.append(m_terms.value(key));
    }
    return terms.join(QLatin1Char(' '));
}

void FilterBar::addTyped(const QStringList &terms)
{
    for (const QString &term : terms) {
        if (!m_typed.contains(term))
            m_typed.append(term);
    }
    rebuildTyped();
}

void FilterBar::setTyped(const QStringList &terms)
{
    m_typed = terms;
    rebuildTyped();
}

QString FilterBar::takeLast()
{
    if (m_typed.isEmpty())
        return {};
    const QString last = m_typed.takeLast();
    rebuildTyped();
    return last;
}

void FilterBar::setFilter(const QString &key, const QString &term, const QString &label)
{
    Chip *chip = m_chips.value(key);
    if (term.isEmpty())
        m_terms.remove(key);
    else
        m_terms.insert(key, term);
    chip->setText(term.isEmpty() ? chip->property("off").toString() : label);
    chip->setAccessibleName(chip->text());
    chip->setOn(!term.isEmpty());
    m_flow->invalidate();
    updateGeometry();
    updateClear();
    Q_EMIT changed();
}

void FilterBar::setAlike(const QString &text)
{
    m_alike = text;
    m_alikeChip->setText(text);
    m_alikeChip->setAccessibleName(text);
    rebuildTyped();
}

void FilterBar::setProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

QString FilterBar::problem() const
{
    return m_problem->text();
}

void FilterBar::setFieldFilled(bool filled)
{
    m_isFieldFilled = filled;
    updateClear();
}

void FilterBar::clear()
{
    m_typed.clear();
    m_terms.clear();
    m_alike.clear();
    for (Chip *chip : std::as_const(m_chips)) {
        chip->setOn(false);
        chip->setText(chip->property("off").toString());
        chip->setAccessibleName(chip->text());
    }
    rebuildTyped();
}

void FilterBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Window));
    painter.fillRect(0, height() - 1, width(), 1, theme().color(Token::Line));
}

void FilterBar::offer(QMenu &menu, const QString &key, const QString &text, const QString &term, const QString &label)
{
    QAction *action = menu.addAction(text, this, [this, key, term, label] { setFilter(key, term, label); });
    action->setCheckable(true);
    action->setChecked(m_terms.value(key) == term);
}

void FilterBar::fillMade(QMenu &menu)
{
    const QDate today = QDate::currentDate();
    const auto since = [&](const QString &text, const QDate &day) {
        offer(menu, QStringLiteral("made"), text, QStringLiteral("since:%1").arg(day.toString(Qt::ISODate)), text);
    };
    since(tr("Today"), today);
    since(tr("Since yesterday"), today.addDays(-1));
    since(tr("Last 7 days"), today.addDays(-6));
    since(tr("Last 30 days"), today.addDays(-29));
    //: Followed by a day: "Since 1 November"
    since(tr("Since %1").arg(QLocale().toString(QDate(today.year(), today.month(), 1), tr("d MMMM"))),
          QDate(today.year(), today.month(), 1));
    since(tr("This year"), QDate(today.year(), 1, 1));
}

void FilterBar::fillRejected(QMenu &menu)
{
    offer(menu, QStringLiteral("rejected"), tr("Not rejected"), QStringLiteral("-is:rejected"), tr("Not rejected"));
    offer(menu, QStringLiteral("rejected"), tr("Only rejected"), QStringLiteral("is:rejected"), tr("Only rejected"));
}

void FilterBar::fillStars(QMenu &menu)
{
    for (int stars = 1; stars <= 5; ++stars) {
        const QString text = stars == 5 ? tr("5 stars") : tr("%n star(s) or more", nullptr, stars);
        offer(menu, QStringLiteral("stars"), text, QStringLiteral("stars:>=%1").arg(stars), text);
    }
    offer(menu, QStringLiteral("stars"), tr("Without stars"), QStringLiteral("stars:=0"), tr("Without stars"));
}

void FilterBar::fillModel(QMenu &menu)
{
    const QStringList models = m_offers.models().mid(0, kMostInMenu);
    for (const QString &model : models)
        offer(menu, QStringLiteral("model"), model, fieldTerm(QStringLiteral("model"), model),
              tr("Model: %1").arg(model));
    if (models.isEmpty())
        menu.addAction(tr("No picture names its model"))->setEnabled(false);
}

void FilterBar::fillSampler(QMenu &menu)
{
    for (const engine::SamplerInfo &sampler : engine::samplers()) {
        const QString id = QString::fromUtf8(sampler.id.data(), qsizetype(sampler.id.size()));
        const QString label = QString::fromUtf8(sampler.label.data(), qsizetype(sampler.label.size()));
        offer(menu, QStringLiteral("sampler"), label, QStringLiteral("sampler:%1").arg(id),
              tr("Sampler: %1").arg(label));
    }
}

void FilterBar::fillTags(QMenu &menu)
{
    const QStringList tags = m_offers.tags().mid(0, kMostInMenu);
    for (const QString &tag : tags)
        offer(menu, QStringLiteral("tags"), tag, fieldTerm(QStringLiteral("tag"), tag), tr("Tag: %1").arg(tag));
    if (tags.isEmpty())
        menu.addAction(tr("No picture has a tag yet; T adds one"))->setEnabled(false);
}

void FilterBar::fillLabel(QMenu &menu)
{
    static const char *const names[] = {"none", "red", "yellow", "green", "blue", "purple"};
    for (int label = 1; label <= kLabels; ++label) {
        offer(menu, QStringLiteral("label"), labelName(label),
              QStringLiteral("label:%1").arg(QLatin1String(names[label])), tr("Label: %1").arg(labelName(label)));
    }
    offer(menu, QStringLiteral("label"), tr("Without label"), QStringLiteral("label:none"), tr("Without label"));
}

void FilterBar::fillSize(QMenu &menu)
{
    const auto square = [&](const QString &text, const QString &term) {
        offer(menu, QStringLiteral("size"), text, term, text);
    };
    square(tr("Up to 256 wide"), QStringLiteral("width:<=256"));
    square(tr("512 wide or more"), QStringLiteral("width:>=512"));
    square(tr("1024 wide or more"), QStringLiteral("width:>=1024"));
    menu.addSeparator();
    for (const int side : {64, 128, 512, 768, 1024}) {
        const QString text = tr("%1 × %1").arg(side);
        square(text, QStringLiteral("size:%1x%1").arg(side));
    }
}

} // namespace ui
