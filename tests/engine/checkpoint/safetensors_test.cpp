#include "engine/checkpoint/safetensors.h"

#include "engine/error.h"
#include "tests/support/checkpoint_files.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace engine;
using checkpoint_files::rawSafetensors;

namespace {

constexpr int kSlowestMs = 1000;

std::span<const std::byte> bytesOf(const std::string &text)
{
    return std::as_bytes(std::span(text));
}

} // namespace

class SafetensorsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void writtenTensorsAreReadBack();
    void everyDTypeKeepsItsName_data();
    void everyDTypeKeepsItsName();
    void tensorsLieAtMultiplesOfTheirElements();
    void writingReplacesTheOldFileOnly();
    void unusableTensorsAreNotWritten_data();
    void unusableTensorsAreNotWritten();
    void aFolderThatIsNotThereIsAnError();
    void damagedFileIsRefusedInOneSentence_data();
    void damagedFileIsRefusedInOneSentence();
    void filesOfOtherProgramsAreRead_data();
    void filesOfOtherProgramsAreRead();
    void whatIsNoFileIsUnreadable_data();
    void whatIsNoFileIsUnreadable();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    [[nodiscard]] std::filesystem::path path(const char *name) const { return m_folder->filePath(name).toStdString(); }
};

void SafetensorsTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void SafetensorsTest::writtenTensorsAreReadBack()
{
    const std::string six = "0123456789abcdefghijklmn"; // [2, 3] F32
    const std::string one = "xy";
    const std::map<std::string, std::string> metadata = {{"format", "pt"}, {"title", "Lärche \"3\"\n\\"}};
    writeSafetensors(path("a.safetensors"),
                     {{"b.weight", DType::F32, {2, 3}, bytesOf(six)},
                      {"scalar", DType::BF16, {}, bytesOf(one)},
                      {"nothing", DType::I64, {0, 4}, {}},
                      {"größe", DType::I16, {1}, bytesOf(one)}},
                     metadata);

    const SafetensorsFile file(path("a.safetensors"));
    QCOMPARE(file.entries().size(), std::size_t(4));
    QVERIFY(file.metadata() == metadata);
    const TensorEntry *weight = file.find("b.weight");
    QVERIFY(weight);
    QCOMPARE(weight->dtype, DType::F32);
    QCOMPARE(weight->shape, (std::vector<std::int64_t>{2, 3}));
    QCOMPARE(weight->elements(), std::int64_t(6));
    QCOMPARE(file.data(*weight).size(), six.size());
    QCOMPARE(std::memcmp(file.data(*weight).data(), six.data(), six.size()), 0);
    QVERIFY(file.find("scalar")->shape.empty());
    QCOMPARE(file.find("scalar")->elements(), std::int64_t(1));
    QVERIFY(file.data(*file.find("nothing")).empty());
    QVERIFY(file.find("größe"));
    QVERIFY(!file.find("b"));
    QCOMPARE(file.bytes(), std::uint64_t(std::filesystem::file_size(path("a.safetensors"))));
}

void SafetensorsTest::everyDTypeKeepsItsName_data()
{
    QTest::addColumn<int>("dtype");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("bytes");
    const auto row = [](DType dtype, const char *name, int bytes) {
        QTest::newRow(name) << int(dtype) << QString(name) << bytes;
    };
    row(DType::F64, "F64", 8);
    row(DType::F32, "F32", 4);
    row(DType::F16, "F16", 2);
    row(DType::BF16, "BF16", 2);
    row(DType::I64, "I64", 8);
    row(DType::I32, "I32", 4);
    row(DType::I16, "I16", 2);
    row(DType::I8, "I8", 1);
    row(DType::U8, "U8", 1);
    row(DType::Bool, "BOOL", 1);
    row(DType::F8E4M3, "F8_E4M3", 1);
    row(DType::F8E5M2, "F8_E5M2", 1);
}

void SafetensorsTest::everyDTypeKeepsItsName()
{
    QFETCH(int, dtype);
    QFETCH(QString, name);
    QFETCH(int, bytes);
    QCOMPARE(QString::fromLatin1(dtypeName(DType(dtype)).data()), name);
    QCOMPARE(int(byteSize(DType(dtype))), bytes);
    const std::string data(std::size_t(3 * bytes), 'x');
    writeSafetensors(path("d.safetensors"), {{"t", DType(dtype), {3}, bytesOf(data)}});
    const SafetensorsFile file(path("d.safetensors"));
    QCOMPARE(int(file.find("t")->dtype), dtype);
}

void SafetensorsTest::tensorsLieAtMultiplesOfTheirElements()
{
    const std::string data(24, 'x');
    writeSafetensors(path("a.safetensors"), {{"a", DType::U8, {3}, bytesOf(data).first(3)},
                                             {"b", DType::F16, {3}, bytesOf(data).first(6)},
                                             {"c", DType::F64, {3}, bytesOf(data)},
                                             {"d", DType::F32, {3}, bytesOf(data).first(12)}});
    const SafetensorsFile file(path("a.safetensors"));
    for (const TensorEntry &entry : file.entries())
        QCOMPARE(reinterpret_cast<std::uintptr_t>(file.data(entry).data()) % byteSize(entry.dtype), std::uintptr_t(0));
}

void SafetensorsTest::writingReplacesTheOldFileOnly()
{
    checkpoint_files::writeBytes(path("a.safetensors"), "old");
    const std::string data(4, 'x');
    writeSafetensors(path("a.safetensors"), {{"t", DType::F32, {1}, bytesOf(data)}});
    QCOMPARE(SafetensorsFile(path("a.safetensors")).entries().size(), std::size_t(1));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden), QStringList{"a.safetensors"});
}

void SafetensorsTest::unusableTensorsAreNotWritten_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::addColumn<int>("size");
    QTest::newRow("one name twice") << "a"
                                    << "a" << 1;
    QTest::newRow("no name") << ""
                             << "b" << 1;
    QTest::newRow("the metadata's name") << "__metadata__"
                                         << "b" << 1;
    QTest::newRow("too few bytes") << "a"
                                   << "b" << 2;
    QTest::newRow("negative size") << "a"
                                   << "b" << -1;
}

void SafetensorsTest::unusableTensorsAreNotWritten()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    QFETCH(int, size);
    checkpoint_files::writeBytes(path("a.safetensors"), "old");
    const std::string data(4, 'x');
    const std::vector<TensorToWrite> tensors = {{first.toStdString(), DType::F32, {size}, bytesOf(data)},
                                                {second.toStdString(), DType::F32, {1}, bytesOf(data)}};
    QVERIFY_EXCEPTION_THROWN(writeSafetensors(path("a.safetensors"), tensors), Error);
    QCOMPARE(std::filesystem::file_size(path("a.safetensors")), std::uintmax_t(3));
}

void SafetensorsTest::aFolderThatIsNotThereIsAnError()
{
    try {
        writeSafetensors(path("no/such/folder.safetensors"), {});
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::FileUnreadable);
        QVERIFY(error.subject.ends_with("folder.safetensors"));
    }
}

void SafetensorsTest::damagedFileIsRefusedInOneSentence_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const QByteArray &bytes, const char *says) {
        QTest::newRow(name) << bytes << QString::fromUtf8(says);
    };
    // One tensor "t" of these properties, with eight bytes of data behind the header.
    const auto tensor = [&](const char *name, const QByteArray &properties, const char *says) {
        row(name, rawSafetensors("{\"t\":{" + properties + "}}", 8), says);
    };
    const QByteArray good = R"("t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
    const QByteArray huge = QByteArray("\0\0\0\0\0\0\0\x10", 8);

    row("empty", "", "is empty");
    row("seven bytes", "\x10\0\0\0\0\0\0", "too short");
    row("web page", "<!DOCTYPE html>\n<html><head><title>404</title>", "is a web page");
    row("web page in capitals", "\n<HTML><BODY>", "is a web page");
    row("picture", "\x89PNG\r\n\x1a\n0000IHDR", "is a picture");
    row("Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer");
    row("text", "Not a model but a note, long enough to have a header.", "is not a safetensors file");
    row("header of 2^60 bytes", huge + "{}", "is not a safetensors file");
    row("header longer than the file", rawSafetensors("{" + good, 0).left(30), "ends within its header");
    row("header cut off", rawSafetensors("{\"t\":{\"dtype\"", 8), "not valid JSON");
    row("header of nothing", rawSafetensors("", 8), "is not a safetensors file");
    row("header is a list", rawSafetensors("[1,2]", 0), "not a JSON object");
    row("text behind the header's object", rawSafetensors("{" + good + "} x", 8), "not valid JSON");
    row("broken UTF-8", rawSafetensors("{\"\xff\xfe\":{}}", 0), "not valid JSON");
    row("deep nesting", rawSafetensors("{\"t\":" + QByteArray(200000, '[') + QByteArray(200000, ']') + "}", 0),
        "tensor \"t\"");
    row("deep nesting of objects",
        rawSafetensors(QByteArray("{\"t\":").repeated(50000) + "1" + QByteArray(50000, '}'), 0), "\"t\"");
    row("number instead of a tensor", rawSafetensors("{\"t\":5}", 0), "tensor \"t\" has a value of the wrong type");
    row("nothing instead of a tensor", rawSafetensors("{\"t\":null}", 0), "tensor \"t\"");
    row("metadata that is no text", rawSafetensors("{\"__metadata__\":{\"a\":1}," + good + "}", 8), "metadata");
    row("one name twice", rawSafetensors("{" + good + "," + good + "}", 8), "\"t\" occurs twice");
    row("bytes behind the last tensor", rawSafetensors("{" + good + "}", 9), "1 bytes behind its last tensor");
    row("data cut off", rawSafetensors("{" + good + "}", 7), "tensor \"t\" lies outside the file");
    row("no tensors but data", rawSafetensors("{}", 8), "8 bytes behind");

    tensor("unknown dtype", R"("dtype":"Q4_0","shape":[2],"data_offsets":[0,8])",
           "tensor \"t\" has the unknown dtype \"Q4_0\"");
    tensor("no dtype", R"("shape":[2],"data_offsets":[0,8])", "tensor \"t\" has no dtype");
    tensor("no shape", R"("dtype":"F32","data_offsets":[0,8])", "tensor \"t\" has no shape");
    tensor("no offsets", R"("dtype":"F32","shape":[2])", "tensor \"t\" has no pair of data_offsets");
    tensor("one offset", R"("dtype":"F32","shape":[2],"data_offsets":[0])", "tensor \"t\" has no pair of data_offsets");
    tensor("three offsets", R"("dtype":"F32","shape":[2],"data_offsets":[0,8,9])",
           "tensor \"t\" has more than two offsets");
    tensor("two dtypes", R"("dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8])",
           "tensor \"t\" has two values");
    tensor("foreign property", R"("dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1)", "unknown property \"x\"");
    tensor("negative offset", R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])",
           "tensor \"t\" has a negative offset");
    tensor("negative size", R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])", "tensor \"t\" has a negative size");
    tensor("broken number", R"("dtype":"F32","shape":[2.5],"data_offsets":[0,8])",
           "tensor \"t\" has a number that is not whole");
    tensor("number beyond 64 bits", R"("dtype":"F32","shape":[99999999999999999999999],"data_offsets":[0,8])",
           "tensor \"t\"");
    tensor("number beyond 63 bits", R"("dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8])",
           "tensor \"t\"");
    tensor("size as text", R"("dtype":"F32","shape":["2"],"data_offsets":[0,8])",
           "tensor \"t\" has a value of the wrong type");
    tensor("nested shape", R"("dtype":"F32","shape":[[2]],"data_offsets":[0,8])", "tensor \"t\" is nested too deeply");
    tensor("dtype as number", R"("dtype":1,"shape":[2],"data_offsets":[0,8])",
           "tensor \"t\" has a value of the wrong type");
    tensor("ends before it begins", R"("dtype":"F32","shape":[2],"data_offsets":[8,0])",
           "tensor \"t\" ends before it begins");
    tensor("outside the file", R"("dtype":"F32","shape":[2],"data_offsets":[800,808])",
           "tensor \"t\" lies outside the file");
    tensor("far outside the file", R"("dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807])",
           "tensor \"t\" lies outside");
    tensor("too small for its shape", R"("dtype":"F32","shape":[3],"data_offsets":[0,8])",
           "tensor \"t\" takes 8 bytes");
    tensor("too large for its shape", R"("dtype":"F32","shape":[1],"data_offsets":[0,8])",
           "tensor \"t\" takes 8 bytes");
    tensor("shape beyond 64 bits", R"("dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8])",
           "shape that is too large");
    tensor("shape that wraps to the right size",
           R"("dtype":"F32","shape":[4611686018427387904,4,2],"data_offsets":[0,8])", "shape that is too large");
    tensor("twenty dimensions",
           R"("dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],"data_offsets":[0,8])",
           "too many dimensions");
    row("overlap",
        rawSafetensors(
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
            8),
        "tensor \"b\" overlaps another tensor");
    row("two tensors at one place",
        rawSafetensors(
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            8),
        "overlaps another tensor");
    row("hole",
        rawSafetensors(
            R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}})",
            8),
        "tensor \"b\" follows a hole of 4 bytes");
}

void SafetensorsTest::damagedFileIsRefusedInOneSentence()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    checkpoint_files::writeBytes(path("x.safetensors"), bytes);
    QElapsedTimer clock;
    clock.start();
    try {
        const SafetensorsFile file(path("x.safetensors"));
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::NotACheckpoint);
        QCOMPARE(error.subject, path("x.safetensors").string());
        const QString detail = QString::fromStdString(error.detail);
        QVERIFY2(detail.contains(says), qPrintable(detail));
        QVERIFY2(!detail.contains('\n') && detail.size() < 400, qPrintable(detail));
    }
    QVERIFY(clock.elapsed() < kSlowestMs);
}

void SafetensorsTest::filesOfOtherProgramsAreRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("tensors");
    QTest::newRow("padded header") << rawSafetensors(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      )",
                                                     8)
                                   << 1;
    QTest::newRow("header of odd length")
        << rawSafetensors(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} )", 8) << 1;
    QTest::newRow("metadata behind the tensors")
        << rawSafetensors(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"a":"b"}})", 8) << 1;
    QTest::newRow("properties in another order, spaced")
        << rawSafetensors(R"({ "t" : { "data_offsets" : [ 0, 8 ], "shape" : [ 2, 1 ], "dtype" : "F32" } })", 8) << 1;
    QTest::newRow("tensors in another order")
        << rawSafetensors(
               R"({"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
               8)
        << 2;
    QTest::newRow("empty tensors between")
        << rawSafetensors(
               R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
               R"("c":{"dtype":"F32","shape":[9,0],"data_offsets":[8,8]}})",
               8)
        << 3;
    QTest::newRow("no tensors") << rawSafetensors("{}", 0) << 0;
    // The length 0x4d42 begins like a bitmap, 0x0280 like a pickle.
    QTest::newRow("length that looks like a bitmap")
        << rawSafetensors(QByteArray("{}").leftJustified(0x4d42, ' '), 0) << 0;
    QTest::newRow("length that looks like a pickle")
        << rawSafetensors(QByteArray("{}").leftJustified(0x0280, ' '), 0) << 0;
}

void SafetensorsTest::filesOfOtherProgramsAreRead()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, tensors);
    checkpoint_files::writeBytes(path("x.safetensors"), bytes);
    const SafetensorsFile file(path("x.safetensors"));
    QCOMPARE(int(file.entries().size()), tensors);
    for (const TensorEntry &entry : file.entries())
        QCOMPARE(file.find(entry.name), &entry);
}

void SafetensorsTest::whatIsNoFileIsUnreadable_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("says");
    QTest::newRow("nothing") << "/no/such/file.safetensors"
                             << "does not exist";
    QTest::newRow("folder") << QDir::tempPath() << "is a folder";
    QTest::newRow("device") << "/dev/null"
                            << "is not a regular file";
}

void SafetensorsTest::whatIsNoFileIsUnreadable()
{
    QFETCH(QString, path);
    QFETCH(QString, says);
    try {
        const SafetensorsFile file(path.toStdString());
        QFAIL("nothing was thrown");
    } catch (const Error &error) {
        QCOMPARE(error.kind, ErrorKind::FileUnreadable);
        QVERIFY2(error.detail.find(says.toStdString()) != std::string::npos, error.what());
    }
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
