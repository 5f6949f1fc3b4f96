#include "ui/export/verify_dialog.h"

#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/progress_meter.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kWidth = 560;
constexpr int kPicture = 160;
constexpr int kBetween = 16;

} // namespace

/// The file, the picture made again and the difference, side by side.
class VerifyDialog::Pictures : public QWidget
{
public:
    using QWidget::QWidget;

    void setResult(const app::VerifyResult &result)
    {
        m_images = {app::toQImage(result.picture), app::toQImage(result.made), result.difference};
        m_names = {VerifyDialog::tr("The file"), VerifyDialog::tr("Made again"),
                   result.amplified > 1 ? VerifyDialog::tr("Difference ×%1").arg(result.amplified)
                                        : VerifyDialog::tr("Difference")};
        if (result.record.verdict == app::Verdict::Identical) {
            m_images.removeLast();
            m_names.removeLast();
        }
        setFixedHeight(kPicture + 24);
        setAccessibleName(m_names.join(QLatin1String(", ")));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &look = theme();
        for (qsizetype i = 0; i < m_images.size(); ++i) {
            const QRectF box(double(i) * (kPicture + kBetween), 0, kPicture, kPicture);
            drawBox(painter, box, look.metrics().radiusPicture, look.color(Token::Canvas), look.color(Token::Edge));
            const QImage &image = m_images[i];
            QRectF target(QPointF(), QSizeF(image.size()).scaled(box.size(), Qt::KeepAspectRatio));
            target.moveCenter(box.center());
            // Small pictures show their pixels: single ones are what differs.
            painter.setRenderHint(QPainter::SmoothPixmapTransform, image.width() > kPicture);
            painter.drawImage(target, image);
            drawElided(painter, QRectF(box.left(), kPicture + 6, kPicture, 16), m_names.value(i),
                       look.font(TextStyle::Caption), look.color(Token::Text3));
        }
    }

private:
    QList<QImage> m_images;
    QStringList m_names;
};

VerifyDialog::VerifyDialog(app::Studio &studio, const QString &file, QWidget *parent)
    : QDialog(parent)
    , m_studio(studio)
    , m_file(file)
    , m_title(new Label(tr("Making the picture again"), TextStyle::Title, Token::Text, this))
    , m_name(new ElidedLabel(QFileInfo(file).fileName(), TextStyle::Detail, Token::Text3, this))
    , m_sentence(new Label({}, TextStyle::Body, Token::Text, this))
    , m_reasons(new Label({}, TextStyle::Detail, Token::Text2, this))
    , m_work(new Label({}, TextStyle::Detail, Token::Text2, this))
    , m_meter(new ProgressMeter(6, this))
    , m_pictures(new Pictures(this))
    , m_again(new Button(tr("Verify again"), this))
    , m_close(new Button(tr("Cancel"), this))
{
    setObjectName(QStringLiteral("verifyDialog"));
    setWindowTitle(tr("Verify"));
    m_sentence->setMinimumWidth(kWidth - 48);
    m_reasons->setMinimumWidth(kWidth - 48);
    m_sentence->setWordWrap(true);
    m_sentence->setObjectName(QStringLiteral("verdict"));
    m_reasons->setWordWrap(true);
    m_reasons->setObjectName(QStringLiteral("reasons"));
    m_again->setObjectName(QStringLiteral("verifyAgain"));
    m_close->setObjectName(QStringLiteral("closeVerify"));
    auto *body = new QVBoxLayout;
    body->setContentsMargins(24, 24, 24, 24);
    body->setSpacing(8);
    body->addWidget(m_title);
    body->addWidget(m_name);
    body->addSpacing(8);
    body->addWidget(m_sentence);
    body->addWidget(m_meter);
    body->addWidget(m_work);
    body->addWidget(m_pictures);
    body->addWidget(m_reasons);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(24, 16, 24, 16);
    foot->setSpacing(8);
    foot->addStretch(1);
    foot->addWidget(m_again);
    foot->addWidget(m_close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->setSizeConstraint(QLayout::SetFixedSize);
    column->addLayout(body);
    column->addWidget(new HairLine(this));
    column->addLayout(foot);

    app::Verifier &verifier = studio.verifier();
    connect(&verifier, &app::Verifier::progressed, this, [this](const QString &text, double fraction) {
        m_work->setText(text);
        m_meter->setFraction(fraction);
    });
    connect(&verifier, &app::Verifier::finished, this, [this](const app::VerifyResult &result) {
        if (result.file == m_file && !result.wasCancelled)
            showResult(result);
    });
    const auto start = [this] {
        m_title->setText(tr("Making the picture again"));
        m_title->setColor(Token::Text);
        m_sentence->setText(tr("It is made from the recipe in its file, in memory only, and compared pixel by pixel."));
        m_sentence->setColor(Token::Text2);
        for (QWidget *widget : QList<QWidget *>{m_meter, m_work})
            widget->show();
        for (QWidget *widget : QList<QWidget *>{m_pictures, m_reasons, m_again})
            widget->hide();
        m_close->setText(tr("Cancel"));
        m_studio.verifier().start(m_file);
    };
    connect(m_again, &Button::clicked, this, start);
    connect(m_close, &Button::clicked, this, &QDialog::reject);
    start();
}

VerifyDialog::~VerifyDialog()
{
    disconnect(&m_studio.verifier(), nullptr, this, nullptr);
    if (m_studio.verifier().isBusy() && m_close->text() == tr("Cancel"))
        m_studio.verifier().cancel();
}

void VerifyDialog::showResult(const app::VerifyResult &result)
{
    const app::VerifyRecord &record = result.record;
    switch (record.verdict) {
    case app::Verdict::Identical:
        m_title->setText(tr("Identical"));
        break;
    case app::Verdict::Different:
        m_title->setText(tr("Different"));
        break;
    case app::Verdict::NotPossible:
        m_title->setText(tr("It cannot be made again"));
        break;
    }
    // The title says the verdict already.
    m_sentence->setText(record.verdict == app::Verdict::Identical ? tr("Every pixel is the same.") : record.sentence);
    m_sentence->setColor(record.verdict == app::Verdict::Identical ? Token::Success : Token::Text);
    QStringList lines;
    for (const QString &reason : record.reasons)
        lines.append(QStringLiteral("• ") + reason);
    m_reasons->setText(lines.isEmpty() ? QString()
                                       : tr("Why it may differ:") + QLatin1Char('\n') + lines.join(QLatin1Char('\n')));
    m_reasons->setVisible(!lines.isEmpty());
    m_meter->hide();
    m_work->hide();
    const bool hasPictures = record.verdict != app::Verdict::NotPossible;
    if (hasPictures)
        m_pictures->setResult(result);
    m_pictures->setVisible(hasPictures);
    m_again->setVisible(true);
    m_close->setText(tr("Close"));
    m_close->setDefault(true);
    m_close->setFocus();
    setToolTip(result.failure.details);
}

VerifyDialog *verifyPicture(app::Studio &studio, const QString &file, QWidget *page)
{
    if (file.isEmpty())
        return nullptr;
    auto *dialog = new VerifyDialog(studio, file, page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

} // namespace ui
