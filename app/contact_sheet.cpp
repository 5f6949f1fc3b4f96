#include "app/contact_sheet.h"

#include "app/image_file.h"
#include "app/xy_values.h"

#include <QBuffer>
#include <QFileInfo>
#include <QImageReader>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>

#include <algorithm>
#include <cmath>

namespace app {

namespace {

// Two strings rather than one "step(s)": the command line has no translation file.
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(app::ContactSheet)
};

// Lengths in points of 1/72 inch; a picture of pixels is drawn at kScale pixels a point.
constexpr double kScale = 3.0;
constexpr QSizeF kPage(595, 842); // A4
constexpr double kMargin = 28;
constexpr double kGap = 8;
constexpr double kLine = 11;
constexpr double kTitle = 26;
constexpr int kLargestSide = 16000;    ///< pixels of a sheet
constexpr double kLargestArea = 120e6; ///< pixels of a sheet
const QColor kInk(0x1a, 0x1c, 0x20);
const QColor kFaint(0x5c, 0x62, 0x6c);
const QColor kEdge(0xa9, 0xaf, 0xb8);

QFont fontOf(double points, QFont::Weight weight = QFont::Normal)
{
    QFont font(QStringLiteral("Inter"));
    font.setPixelSize(std::max(1, int(std::lround(points)))); // the painter is scaled: pixels are points
    font.setWeight(weight);
    return font;
}

/// Not larger than it is drawn. Null if it cannot be read.
QImage readFitted(const QString &file, QSize most)
{
    QImageReader reader(file);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    QImage image = reader.read();
    if (!image.isNull() && (image.width() > most.width() || image.height() > most.height()))
        image = image.scaled(most, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    return image;
}

void drawPicture(QPainter &painter, const QRectF &box, const QImage &image)
{
    QSizeF size = QSizeF(image.size()).scaled(box.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), size);
    target.moveCenter(box.center());
    painter.drawImage(target, image);
}

void drawGap(QPainter &painter, const QRectF &box, const QString &text)
{
    painter.setPen(QPen(kEdge, 0.75, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setPen(kFaint);
    painter.setFont(fontOf(8));
    painter.drawText(box.adjusted(6, 6, -6, -6), Qt::AlignCenter | Qt::TextWordWrap, text);
}

QString elided(const QFont &font, const QString &text, double width)
{
    return QFontMetricsF(font).elidedText(text, Qt::ElideRight, width);
}

QStringList captionOf(SheetCaption caption, const QString &file)
{
    const QString name = QFileInfo(file).fileName();
    if (caption == SheetCaption::None)
        return {};
    if (caption == SheetCaption::Name)
        return {name};
    const std::optional<Recipe> recipe = readPictureInfo(file).recipe;
    if (!recipe)
        return {name, QString()};
    const QString prompt = QString::fromStdString(recipe->request.prompt).simplified();
    if (caption == SheetCaption::Prompt)
        return {prompt.isEmpty() ? name : prompt, QString()};
    const engine::GenerateRequest &request = recipe->request;
    return {QStringLiteral("%1, %2, %3")
                .arg(recipe->modelName, plotValueText(PlotSetting::Sampler, QString::fromStdString(request.sampler)),
                     request.steps == 1 ? Words::tr("1 step") : Words::tr("%n steps", nullptr, request.steps)),
            Words::tr("guidance %1, seed %2").arg(request.guidanceScale).arg(request.seed)};
}

int captionLines(SheetCaption caption)
{
    return caption == SheetCaption::None ? 0 : caption == SheetCaption::Name ? 1 : 2;
}

/// A picture or a PDF of this size in points, drawn by `draw`.
template <typename Draw>
QByteArray onPicture(QSizeF points, double scale, const Draw &draw)
{
    QImage image((points * scale).toSize().expandedTo(QSize(1, 1)), QImage::Format_RGB32);
    if (image.isNull())
        return {};
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform | QPainter::TextAntialiasing);
    painter.scale(scale, scale);
    draw(painter);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    return image.save(&buffer, "PNG") ? bytes : QByteArray();
}

/// PDF pages of one size; the painter's unit is the point.
class Pages
{
public:
    Pages(QSizeF points, const QString &title) : m_writer((m_buffer.open(QIODevice::WriteOnly), &m_buffer))
    {
        m_writer.setPageSize(QPageSize(points, QPageSize::Point, QString(), QPageSize::ExactMatch));
        m_writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        m_writer.setResolution(72 * int(kScale));
        m_writer.setTitle(title);
        m_writer.setCreator(QStringLiteral("Tincture"));
        m_painter.begin(&m_writer);
        m_painter.setRenderHint(QPainter::LosslessImageRendering);
        m_painter.scale(kScale, kScale);
    }
    void next() { m_writer.newPage(); }
    QPainter &painter() { return m_painter; }
    QByteArray finish()
    {
        m_painter.end();
        m_buffer.close();
        return m_buffer.data();
    }

private:
    QBuffer m_buffer;
    QPdfWriter m_writer;
    QPainter m_painter;
};

/// Where the pictures of a contact sheet stand on a page.
struct ContactLayout
{
    int columns = 1;
    double side = 0;   ///< of a picture's square
    double height = 0; ///< of a row
    double top = 0;    ///< of the first row

    explicit ContactLayout(const ContactSheet &sheet)
        : columns(std::clamp(sheet.columns, 1, 20))
        , side((kPage.width() - 2 * kMargin - (columns - 1) * kGap) / columns)
        , height(side + captionLines(sheet.caption) * kLine + (sheet.caption == SheetCaption::None ? kGap : 10))
        , top(kMargin + (sheet.title.isEmpty() ? 0 : kTitle))
    {
    }
    [[nodiscard]] QRectF box(int row, int column) const
    {
        return {kMargin + column * (side + kGap), top + row * height, side, side};
    }
};

class ContactPainter
{
public:
    ContactPainter(const ContactSheet &sheet, SheetResult &result, const SheetProgress &progress,
                   const std::stop_token &stop)
        : m_sheet(sheet), m_layout(sheet), m_result(result), m_progress(progress), m_stop(stop)
    {
    }

    void title(QPainter &painter, const QString &note)
    {
        if (m_sheet.title.isEmpty())
            return;
        const QRectF line(kMargin, kMargin, kPage.width() - 2 * kMargin, 16);
        painter.setPen(kInk);
        painter.setFont(fontOf(12, QFont::DemiBold));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_sheet.title);
        painter.setPen(kFaint);
        painter.setFont(fontOf(8));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, note);
    }

    /// \return false: asked to stop
    bool picture(QPainter &painter, int index, int row, double scale)
    {
        if (m_stop.stop_requested()) {
            m_result.wasStopped = true;
            return false;
        }
        const QString &file = m_sheet.files.at(index);
        const QRectF box = m_layout.box(row, index % m_layout.columns);
        const int most = std::max(1, int(m_layout.side * scale));
        const QImage image = readFitted(file, QSize(most, most));
        if (image.isNull()) {
            m_result.unreadable.append(file);
            drawGap(painter, box, Words::tr("cannot be read"));
        } else {
            drawPicture(painter, box, image);
            ++m_result.pictures;
        }
        double y = box.bottom() + 3;
        bool isFirst = true;
        for (const QString &line : captionOf(m_sheet.caption, file)) {
            const QFont font = fontOf(7.5);
            painter.setFont(font);
            painter.setPen(isFirst ? kInk : kFaint);
            painter.drawText(QRectF(box.left(), y, box.width(), kLine), Qt::AlignLeft | Qt::AlignVCenter,
                             elided(font, line, box.width()));
            y += kLine;
            isFirst = false;
        }
        m_progress(index + 1);
        return true;
    }

private:
    const ContactSheet &m_sheet;
    ContactLayout m_layout;
    SheetResult &m_result;
    const SheetProgress &m_progress;
    const std::stop_token &m_stop;
};

} // namespace

SheetResult drawContactSheet(const ContactSheet &sheet, SheetKind kind, const SheetProgress &progress,
                             const std::stop_token &stop)
{
    SheetResult result;
    if (sheet.files.isEmpty())
        return result;
    const ContactLayout layout(sheet);
    ContactPainter contact(sheet, result, progress, stop);
    const int count = int(sheet.files.size());
    const int rows = (count + layout.columns - 1) / layout.columns;
    if (kind == SheetKind::Png) {
        const QSizeF size(kPage.width(), layout.top + rows * layout.height + kMargin - kGap);
        const double scale =
            std::min({kScale, kLargestSide / size.height(), std::sqrt(kLargestArea / (size.width() * size.height()))});
        result.bytes = onPicture(size, scale, [&](QPainter &painter) {
            contact.title(painter, count == 1 ? Words::tr("1 picture") : Words::tr("%n pictures", nullptr, count));
            for (int i = 0; i < count && contact.picture(painter, i, i / layout.columns, scale); ++i) {
            }
        });
    } else {
        const int rowsAPage = std::max(1, int((kPage.height() - layout.top - kMargin + kGap) / layout.height));
        const int aPage = rowsAPage * layout.columns;
        const int pages = (count + aPage - 1) / aPage;
        Pages pdf(kPage, sheet.title);
        for (int i = 0; i < count; ++i) {
            if (i > 0 && i % aPage == 0)
                pdf.next();
            if (i % aPage == 0)
                contact.title(pdf.painter(), Words::tr("page %1 of %2").arg(i / aPage + 1).arg(pages));
            if (!contact.picture(pdf.painter(), i, i % aPage / layout.columns, kScale))
                break;
        }
        result.bytes = pdf.finish();
    }
    if (result.wasStopped)
        result.bytes.clear();
    return result;
}

SheetResult drawPlotSheet(const PlotSheet &sheet, SheetKind kind, const SheetProgress &progress,
                          const std::stop_token &stop)
{
    SheetResult result;
    const int columns = std::max(1, int(sheet.columns.size()));
    const int rows = std::max(1, int(sheet.rows.size()));
    if (columns * rows != sheet.files.size())
        return result;
    // A cell is as large as the largest picture, within what a picture of the whole may have.
    QSize cell(64, 64);
    for (const QString &file : sheet.files) {
        if (!file.isEmpty())
            cell = cell.expandedTo(readPictureInfo(file).size);
    }
    double widest = 0;
    for (const QString &title : sheet.rows)
        widest = std::max(widest, QFontMetricsF(fontOf(9)).horizontalAdvance(title));
    const double left = sheet.yName.isEmpty() ? 0 : std::clamp(widest, 40.0, 160.0) + 12;
    const double above = (sheet.title.isEmpty() ? 0 : kTitle) + (sheet.xName.isEmpty() ? 0 : 34);
    constexpr double kBetween = 4;
    // Pixels of the pictures stay pixels of the sheet: at least 96 points a cell, so that headings have room.
    const double pointsAPixel = std::max(1.0 / kScale, 96.0 / cell.width());
    const QSizeF box = QSizeF(cell) * pointsAPixel;
    const QSizeF size(2 * kMargin + left + columns * (box.width() + kBetween),
                      2 * kMargin + above + rows * (box.height() + kBetween));
    const double scale = std::min({kScale, kLargestSide / size.width(), kLargestSide / size.height(),
                                   std::sqrt(kLargestArea / (size.width() * size.height()))});

    const auto draw = [&](QPainter &painter) {
        const QPointF origin(kMargin + left, kMargin + above);
        painter.setPen(kInk);
        if (!sheet.title.isEmpty()) {
            const QFont font = fontOf(12, QFont::DemiBold);
            painter.setFont(font);
            painter.drawText(QRectF(kMargin, kMargin, size.width() - 2 * kMargin, 16), Qt::AlignLeft | Qt::AlignVCenter,
                             elided(font, sheet.title, size.width() - 2 * kMargin));
        }
        const auto heading = [&painter](const QRectF &where, const QString &text, Qt::Alignment side, bool isName) {
            const QFont font = fontOf(isName ? 8 : 9, isName ? QFont::Normal : QFont::DemiBold);
            painter.setFont(font);
            painter.setPen(isName ? kFaint : kInk);
            painter.drawText(where, side, elided(font, text, where.width()));
        };
        if (!sheet.xName.isEmpty()) {
            heading({origin.x(), origin.y() - 32, size.width() - origin.x() - kMargin, 12}, sheet.xName,
                    Qt::AlignLeft | Qt::AlignVCenter, true);
            for (int x = 0; x < columns; ++x)
                heading({origin.x() + x * (box.width() + kBetween), origin.y() - 18, box.width(), 14},
                        sheet.columns.value(x), Qt::AlignHCenter | Qt::AlignVCenter, false);
        }
        if (!sheet.yName.isEmpty()) {
            heading({kMargin, origin.y() - 18, left - 8, 14}, sheet.yName, Qt::AlignLeft | Qt::AlignVCenter, true);
            for (int y = 0; y < rows; ++y)
                heading({kMargin, origin.y() + y * (box.height() + kBetween), left - 8, box.height()},
                        sheet.rows.value(y), Qt::AlignRight | Qt::AlignVCenter, false);
        }
        for (int i = 0; i < columns * rows; ++i) {
            if (stop.stop_requested()) {
                result.wasStopped = true;
                return;
            }
            const QRectF where(QPointF(origin.x() + i % columns * (box.width() + kBetween),
                                       origin.y() + i / columns * (box.height() + kBetween)),
                               box);
            const QString &file = sheet.files.at(i);
            const QImage image =
                file.isEmpty() ? QImage() : readFitted(file, (box * scale).toSize().expandedTo(QSize(1, 1)));
            if (image.isNull()) {
                drawGap(painter, where, file.isEmpty() ? Words::tr("missing") : Words::tr("cannot be read"));
                if (!file.isEmpty())
                    result.unreadable.append(file);
            } else {
                drawPicture(painter, where, image);
                ++result.pictures;
            }
            progress(i + 1);
        }
    };
    if (kind == SheetKind::Png) {
        result.bytes = onPicture(size, scale, draw);
    } else {
        Pages pdf(size, sheet.title);
        draw(pdf.painter());
        result.bytes = pdf.finish();
    }
    if (result.wasStopped)
        result.bytes.clear();
    return result;
}

} // namespace app
