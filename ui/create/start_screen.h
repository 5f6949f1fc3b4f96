#pragma once

#include <QImage>
#include <QList>
#include <QWidget>

namespace ui {

class Button;
class Label;

/// A prompt and seed that are known to give a good picture.
struct Example
{
    QString prompt;
    quint64 seed = 0;
    int steps = 20;
    QString file = {}; ///< the picture it makes; may not exist

    bool operator==(const Example &) const = default;
};

/// On the canvas before there is a picture: what to do, three examples that start with a click, and a way to a model.
class StartScreen : public QWidget
{
    Q_OBJECT
public:
    explicit StartScreen(QWidget *parent = nullptr);

    void setWords(const QString &title, const QString &text);
    void setExamples(const QList<Example> &examples);
    void setPicture(const QString &file, const QImage &picture);
    /// One line at the foot; empty: none.
    void setNote(const QString &note);
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void exampleChosen(const ui::Example &example);
    void openModelRequested();
    void fileDropped(const QString &file);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    class Card;
    void fitCards();

    Label *m_title;
    Label *m_text;
    QWidget *m_cardRow;
    QList<Example> m_examples;
    QList<Card *> m_cards;
    Button *m_open;
    QWidget *m_noteRow;
    Label *m_note;
};

} // namespace ui
