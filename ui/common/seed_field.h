#pragma once

#include <QWidget>

#include <cstdint>

class QLineEdit;

namespace ui {

class IconButton;

/// Seed, dice and lock. Random: a new seed is drawn at submit and shown. Typed: as entered. Locked: the seed that
/// was used last stays.
class SeedField : public QWidget
{
    Q_OBJECT
public:
    enum class Mode { Random, Typed, Locked };

    explicit SeedField(QWidget *parent = nullptr);

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /// Caption for the right end of the label row: "random", "as typed", "locked".
    [[nodiscard]] QString caption() const;
    [[nodiscard]] bool hasSeed() const;
    [[nodiscard]] std::uint64_t seed() const;
    /// Shows a seed without changing the mode (what was drawn for the job).
    void showSeed(std::uint64_t seed);
    /// Shows a seed as if typed (a recipe was taken over).
    void setSeed(std::uint64_t seed);
    void clearSeed();
    /// The seed for a job that is submitted now: drawn and shown if random (0..4294967293), else the one in the field.
    std::uint64_t takeSeed();
    [[nodiscard]] QLineEdit *field() const { return m_field; }
    [[nodiscard]] IconButton *dice() const { return m_dice; }
    [[nodiscard]] IconButton *lock() const { return m_lock; }

Q_SIGNALS:
    void modeChanged(ui::SeedField::Mode mode);
    void seedChanged();

private:
    QLineEdit *m_field;
    IconButton *m_dice;
    IconButton *m_lock;
    Mode m_mode = Mode::Random;
};

} // namespace ui
