#pragma once

#include <QAbstractButton>
#include <QImage>
#include <QWidget>

namespace ui {

/// A dashed place for a picture: drop one there, or press it to choose one.
class EmptySlot : public QAbstractButton
{
    Q_OBJECT
public:
    EmptySlot(const QString &letter, QWidget *parent);
    /// What is there already; null: the slot is empty.
    void setPicture(const QImage &picture, const QString &title, const QString &problem);
    [[nodiscard]] QSize sizeHint() const override { return {300, 300}; }

Q_SIGNALS:
    void filesDropped(const QStringList &files);

protected:
    void paintEvent(QPaintEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QString m_letter;
    QString m_title;
    QString m_problem;
    QImage m_picture;
    bool m_isDropWelcome = false;
};

/// The two slots of an empty Compare page.
class EmptySlots : public QWidget
{
    Q_OBJECT
public:
    explicit EmptySlots(QWidget *parent = nullptr);
    void setFirst(const QImage &picture, const QString &title, const QString &problem);
    [[nodiscard]] EmptySlot *slot(int index) const { return index == 0 ? m_first : m_second; }

Q_SIGNALS:
    void chooserRequested(int slot);
    void filesDropped(int slot, const QStringList &files);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    EmptySlot *m_first;
    EmptySlot *m_second;
};

} // namespace ui
