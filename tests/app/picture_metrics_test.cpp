#include "app/large_picture.h"
#include "app/picture_metrics.h"

#include <QBuffer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

#include <algorithm>
#include <cmath>

namespace {

int valueA(int x, int y, int channel)
{
    return (x * 7 + y * 13 + channel * 50 + x * y % 31 * 3) % 256;
}
int valueB(int x, int y, int channel)
{
    return std::clamp(valueA(x, y, channel) + (x * x + 3 * y + channel) % 17 - 8, 0, 255);
}
int valueC(int x, int y, int channel)
{
    return (x * x * 3 + y * 29 + x * y * 5 + channel * 90) % 256;
}

QImage picture(int width, int height, int (*value)(int, int, int))
{
    QImage image(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x)
            image.setPixel(x, y, qRgb(value(x, y, 0), value(x, y, 1), value(x, y, 2)));
    }
    return image;
}

void appendChunk(QByteArray &png, const char *type, const QByteArray &data)
{
    const auto number = [](quint32 value) {
        return QByteArray{}
            .append(char(value >> 24))
            .append(char(value >> 16))
            .append(char(value >> 8))
            .append(char(value));
    };
    const QByteArray body = QByteArray(type) + data;
    png += number(quint32(data.size())) + body +
           number(quint32(crc32(0, reinterpret_cast<const Bytef *>(body.constData()), uInt(body.size()))));
}

} // namespace

class PictureMetricsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void agreesWithNumpy_data();
    void agreesWithNumpy();
    void samePicturesAreTheSame();
    void differenceIsTheLargestOfTheChannels();
    void otherSizesAreFitted();
    void largePngIsReducedWhileItIsRead_data();
    void largePngIsReducedWhileItIsRead();
    void hugePngTakesLittleMemory();
    void truncatedLargePngHasAReason();
};

void PictureMetricsTest::agreesWithNumpy_data()
{
    // Made with numpy 2 in float64, window by window from the paper's formulas; those of 11 pixels and more agree with
    // scikit-image's structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False) on the
    // brightness, mean over [5:-5, 5:-5], to 12 digits.
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<bool>("isNoise");
    QTest::addColumn<double>("psnr");
    QTest::addColumn<double>("ssim");
    QTest::newRow("48x40, alike") << 48 << 40 << false << 34.3934486905 << 0.9919571965;
    QTest::newRow("48x40, unlike") << 48 << 40 << true << 7.8018319100 << 0.0412549657;
    QTest::newRow("64x64, alike") << 64 << 64 << false << 34.3908217204 << 0.9917287415;
    QTest::newRow("64x64, unlike") << 64 << 64 << true << 7.7513485517 << 0.0322668586;
    QTest::newRow("11x11, one window") << 11 << 11 << false << 34.4917326481 << 0.9848536974;
    QTest::newRow("11x11, one window, unlike") << 11 << 11 << true << 8.1363189404 << 0.2861659473;
    QTest::newRow("7x20, smaller window") << 7 << 20 << false << 34.5283867945 << 0.9933277685;
    QTest::newRow("7x20, smaller window, unlike") << 7 << 20 << true << 8.3394850937 << 0.2897748725;
}

void PictureMetricsTest::agreesWithNumpy()
{
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(bool, isNoise);
    QFETCH(double, psnr);
    QFETCH(double, ssim);
    const QImage a = picture(width, height, valueA);
    const QImage b = picture(width, height, isNoise ? valueC : valueB);
    // Ten digits were copied.
    QVERIFY2(std::abs(app::psnr(a, b) - psnr) < 1e-9, qPrintable(QString::number(app::psnr(a, b), 'g', 15)));
    QVERIFY2(std::abs(app::ssim(a, b) - ssim) < 1e-9, qPrintable(QString::number(app::ssim(a, b), 'g', 15)));
    const app::PictureLikeness both = app::likeness(a, b);
    QCOMPARE(both.psnr, app::psnr(a, b));
    QCOMPARE(both.ssim, app::ssim(a, b));
    QVERIFY(both.isValid && !both.isSame());
}

void PictureMetricsTest::samePicturesAreTheSame()
{
    const QImage a = picture(40, 30, valueA);
    const app::PictureLikeness same = app::likeness(a, a.convertToFormat(QImage::Format_RGB888));
    QVERIFY(same.isSame());
    QVERIFY(std::isinf(same.psnr));
    QVERIFY(std::abs(same.ssim - 1.0) < 1e-12);
    QVERIFY(!app::likeness(a, QImage()).isValid);
    QImage one(1, 1, QImage::Format_RGB32);
    one.fill(Qt::red);
    QVERIFY(app::likeness(one, one).isSame());
}

void PictureMetricsTest::differenceIsTheLargestOfTheChannels()
{
    QImage a(2, 1, QImage::Format_RGB32);
    QImage b(2, 1, QImage::Format_RGB32);
    a.setPixel(0, 0, qRgb(10, 20, 30));
    b.setPixel(0, 0, qRgb(15, 0, 32));
    a.setPixel(1, 0, qRgb(1, 2, 3));
    b.setPixel(1, 0, qRgb(1, 2, 3));
    const QImage map = app::differenceMap(a, b);
    QCOMPARE(map.format(), QImage::Format_Grayscale8);
    QCOMPARE(int(map.constScanLine(0)[0]), 20);
    QCOMPARE(int(map.constScanLine(0)[1]), 0);
}

void PictureMetricsTest::otherSizesAreFitted()
{
    QCOMPARE(app::fittedRect({50, 100}, {200, 100}), QRect(75, 0, 50, 100));
    QCOMPARE(app::fittedRect({10, 10}, {200, 100}), QRect(50, 0, 100, 100));
    QImage a(40, 20, QImage::Format_RGB32);
    a.fill(qRgb(100, 100, 100));
    QImage b(10, 10, QImage::Format_RGB32);
    b.fill(qRgb(110, 100, 100));
    const QImage map = app::differenceMap(a, b);
    QCOMPARE(map.size(), a.size());
    QCOMPARE(qGray(map.pixel(5, 10)), 0); // beside it
    QCOMPARE(qGray(map.pixel(20, 10)), 10);
    QVERIFY(std::abs(app::likeness(a, b).psnr - 10.0 * std::log10(255.0 * 255.0 * 3.0 / 100.0)) < 1e-9);
}

void PictureMetricsTest::largePngIsReducedWhileItIsRead_data()
{
    QTest::addColumn<QImage::Format>("format");
    QTest::newRow("rgb") << QImage::Format_RGB888;
    QTest::newRow("rgba") << QImage::Format_ARGB32;
    QTest::newRow("grey") << QImage::Format_Grayscale8;
    QTest::newRow("palette") << QImage::Format_Indexed8;
    QTest::newRow("one bit") << QImage::Format_Mono;
    QTest::newRow("16 bit") << QImage::Format_RGBX64;
}

void PictureMetricsTest::largePngIsReducedWhileItIsRead()
{
    QFETCH(QImage::Format, format);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("large.png"));
    const QImage image = picture(101, 60, valueA).convertToFormat(format);
    QVERIFY(image.save(path));
    const app::LargePicture all = app::readLargePicture(path, 1'000'000);
    QVERIFY(!all.isReduced());
    QCOMPARE(all.image.size(), image.size());
    const app::LargePicture small = app::readLargePicture(path, 101 * 60 / 4);
    QVERIFY2(small.isReduced(), qPrintable(small.reason));
    QCOMPARE(small.size, image.size());
    QCOMPARE(small.image.size(), QSize(51, 30));
    // Each pixel is the mean of the four under it.
    const QImage full = all.image.convertToFormat(QImage::Format_RGB32);
    for (const QPoint at : {QPoint(0, 0), QPoint(20, 11), QPoint(49, 29)}) {
        int red = 0;
        for (int y = 0; y < 2; ++y) {
            for (int x = 0; x < 2; ++x)
                red += qRed(full.pixel(2 * at.x() + x, 2 * at.y() + y));
        }
        QVERIFY(std::abs(qRed(small.image.pixel(at)) - red / 4) <= 1);
    }
}

void PictureMetricsTest::hugePngTakesLittleMemory()
{
    // 12,000 x 12,000 in one bit: 576 MB as Qt would decode it.
    const int side = 12'000;
    QByteArray png("\x89PNG\r\n\x1a\n", 8);
    QByteArray header;
    for (int i = 0; i < 2; ++i)
        header.append(char(side >> 24))
            .append(char(side >> 16))
            .append(char((side >> 8) & 255))
            .append(char(side & 255));
    header.append(char(1)).append(char(0)).append(3, char(0));
    appendChunk(png, "IHDR", header);
    QByteArray rows;
    for (int y = 0; y < side; ++y)
        rows += char(0) + QByteArray(side / 8, y < side / 2 ? char(0xff) : char(0));
    QByteArray packed(qsizetype(compressBound(uLong(rows.size()))), Qt::Uninitialized);
    auto size = uLongf(packed.size());
    QCOMPARE(compress2(reinterpret_cast<Bytef *>(packed.data()), &size,
                       reinterpret_cast<const Bytef *>(rows.constData()), uLong(rows.size()), 1),
             Z_OK);
    packed.truncate(qsizetype(size));
    appendChunk(png, "IDAT", packed);
    appendChunk(png, "IEND", {});
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("huge.png"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(png);
    file.close();
    const app::LargePicture read = app::readLargePicture(path, 1'000'000);
    QVERIFY2(read.isReduced(), qPrintable(read.reason));
    QCOMPARE(read.size, QSize(side, side));
    QCOMPARE(read.image.size(), QSize(1000, 1000));
    QCOMPARE(qGray(read.image.pixel(500, 100)), 255);
    QCOMPARE(qGray(read.image.pixel(500, 900)), 0);
}

void PictureMetricsTest::truncatedLargePngHasAReason()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("cut.png"));
    QVERIFY(picture(400, 400, valueC).save(path));
    QVERIFY(QFile::resize(path, 2000));
    const app::LargePicture read = app::readLargePicture(path, 1000);
    QVERIFY(read.image.isNull());
    QVERIFY(!read.reason.isEmpty());
    QVERIFY(app::readLargePicture(folder.filePath(QStringLiteral("none.png")), 1000).image.isNull());
}

QTEST_GUILESS_MAIN(PictureMetricsTest)
#include "picture_metrics_test.moc"
