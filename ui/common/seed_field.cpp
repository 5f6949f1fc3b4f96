#include "ui/common/seed_field.h"

#include "ui/common/icon_button.h"
#include "ui/common/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QRegularExpressionValidator>
#include <QStyle>

namespace ui {

SeedField::SeedField(QWidget *parent)
    : QWidget(parent)
    , m_field(new QLineEdit(this))
    , m_dice(new IconButton(QStringLiteral("dice"), tr("New seed at every start"), IconButton::Shape::Boxed, this))
    , m_lock(new IconButton(QStringLiteral("unlock"), tr("Keep the seed that was used last"), IconButton::Shape::Boxed,
                            this))
{
    m_field->setAccessibleName(tr("Seed"));
    m_field->setPlaceholderText(tr("chosen on start"));
    // Up to 2^64 - 1; what people paste may carry spaces.
    m_field->setMaxLength(20);
    m_field->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), m_field));
    m_dice->setCheckable(true);
    m_dice->setChecked(true);
    m_dice->setName(tr("New seed at every start"), QStringLiteral("Alt+S"));
    m_lock->setCheckable(true);
    m_lock->setCheckedIconName(QStringLiteral("lock"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme().metrics().space2);
    row->addWidget(m_field, 1);
    row->addWidget(m_dice);
    row->addWidget(m_lock);
    setFocusProxy(m_field);
    connect(m_field, &QLineEdit::textEdited, this, [this](const QString &text) {
        setMode(text.isEmpty() ? Mode::Random : Mode::Typed);
        Q_EMIT seedChanged();
    });
    // Digits in the fixed-pitch font, the words of the placeholder in the ordinary one.
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (m_field->property("mono").toBool() == !text.isEmpty())
            return;
        m_field->setProperty("mono", !text.isEmpty());
        m_field->style()->unpolish(m_field);
        m_field->style()->polish(m_field);
    });
    connect(m_dice, &IconButton::clicked, this, [this](bool on) { setMode(on ? Mode::Random : Mode::Typed); });
    connect(m_lock, &IconButton::clicked, this, [this](bool on) {
        // With nothing in the field yet there is nothing to keep: a seed is drawn and held.
        if (on && !hasSeed())
            showSeed(QRandomGenerator::global()->bounded(quint64(4294967294ULL)));
        setMode(on ? Mode::Locked : Mode::Random);
    });
}

void SeedField::setMode(Mode mode)
{
    if (mode == Mode::Typed && !hasSeed())
        mode = Mode::Random;
    m_dice->setChecked(mode == Mode::Random);
    m_lock->setChecked(mode == Mode::Locked);
    m_field->setReadOnly(mode == Mode::Locked);
    m_field->setAccessibleDescription(caption());
    if (mode == m_mode)
        return;
    m_mode = mode;
    m_field->setAccessibleDescription(caption());
    Q_EMIT modeChanged(mode);
}

QString SeedField::caption() const
{
    switch (m_mode) {
    case Mode::Random:
        return tr("random");
    case Mode::Typed:
        return tr("as typed");
    case Mode::Locked:
        return tr("locked");
    }
    return {};
}

bool SeedField::hasSeed() const
{
    bool isNumber = false;
    m_field->text().toULongLong(&isNumber);
    return isNumber;
}

std::uint64_t SeedField::seed() const
{
    return m_field->text().toULongLong();
}

void SeedField::showSeed(std::uint64_t seed)
{
    m_field->setText(QString::number(seed));
    m_field->setCursorPosition(0);
    Q_EMIT seedChanged();
}

void SeedField::setSeed(std::uint64_t seed)
{
    showSeed(seed);
    setMode(Mode::Typed);
}

void SeedField::clearSeed()
{
    m_field->clear();
    setMode(Mode::Random);
    Q_EMIT seedChanged();
}

std::uint64_t SeedField::takeSeed()
{
    if (m_mode == Mode::Random || !hasSeed())
        showSeed(QRandomGenerator::global()->bounded(quint64(4294967294ULL)));
    return seed();
}

} // namespace ui
