#include "engine/core/tensor_file.h"

#include "engine/error.h"
#include "tests/support/compare_tensors.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace engine;

namespace {

constexpr torch::ScalarType kTypes[] = {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16,
                                        torch::kInt64,   torch::kInt32,   torch::kInt16,   torch::kInt8,
                                        torch::kUInt8,   torch::kBool};

bool areSame(const torch::Tensor &a, const torch::Tensor &b)
{
    return a.scalar_type() == b.scalar_type() && torch::equal(a, b);
}

} // namespace

class TensorFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tensorsComeBackAsTheyWere();
    void anyLayoutIsWrittenInOrder();
    void typesThatFilesDoNotHoldAreRefused();
    void tensorIsTheMappedFileItself();
    void tensorKeepsTheFileOpen();
    void crookedTensorsAreCopied();
    void readTensorsMayBeChanged();
    void operationsGiveWhatTheNetworkAsksFor();
    void float8ComesAsFloat32();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    [[nodiscard]] std::filesystem::path path() const { return m_folder->filePath("t.safetensors").toStdString(); }
};

void TensorFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    torch::manual_seed(1);
}

void TensorFileTest::tensorsComeBackAsTheyWere()
{
    std::map<std::string, torch::Tensor> tensors = {{"scalar", torch::tensor(2.5)}, {"empty", torch::zeros({0, 3})}};
    for (const torch::ScalarType type : kTypes)
        tensors[c10::toString(type)] = (torch::randn({3, 5}) * 10).to(type);
    writeTensors(path(), tensors, {{"a", "b"}});
    const auto back = readTensors(path());
    QCOMPARE(back.size(), tensors.size());
    for (const auto &[name, tensor] : tensors)
        QVERIFY2(areSame(back.at(name), tensor), name.c_str());
    QCOMPARE(SafetensorsFile(path()).metadata().at("a"), std::string("b"));
}

void TensorFileTest::anyLayoutIsWrittenInOrder()
{
    const torch::Tensor x = torch::randn({2, 3, 4, 5});
    writeTensors(path(), {{"cl", x.contiguous(torch::MemoryFormat::ChannelsLast)},
                          {"t", x.transpose(1, 3)},
                          {"s", x.slice(3, 0, 5, 2)},
                          {"e", x.select(0, 0).expand({2, 3, 4, 5})}});
    const auto back = readTensors(path());
    QVERIFY(areSame(back.at("cl"), x));
    QVERIFY(areSame(back.at("t"), x.transpose(1, 3)));
    QVERIFY(areSame(back.at("s"), x.slice(3, 0, 5, 2)));
    QVERIFY(areSame(back.at("e"), x.select(0, 0).expand({2, 3, 4, 5})));
    QVERIFY(back.at("cl").is_contiguous());
}

void TensorFileTest::typesThatFilesDoNotHoldAreRefused()
{
    QVERIFY_EXCEPTION_THROWN(writeTensors(path(), {{"c", torch::zeros({2}, torch::kComplexFloat)}}), Error);
    QVERIFY(!std::filesystem::exists(path()));
}

void TensorFileTest::tensorIsTheMappedFileItself()
{
    writeTensors(path(), {{"a", torch::randn({1000})}});
    const auto file = std::make_shared<const SafetensorsFile>(path());
    const TensorEntry &entry = *file->find("a");
    QCOMPARE(static_cast<const void *>(toTensor(file, entry).const_data_ptr()),
             static_cast<const void *>(file->data(entry).data()));
}

void TensorFileTest::tensorKeepsTheFileOpen()
{
    const torch::Tensor x = torch::randn({1000});
    writeTensors(path(), {{"a", x}});
    torch::Tensor tensor;
    {
        const auto file = std::make_shared<const SafetensorsFile>(path());
        tensor = toTensor(file, *file->find("a"));
    }
    std::filesystem::remove(path());
    QVERIFY(torch::equal(tensor, x));
}

void TensorFileTest::crookedTensorsAreCopied()
{
    // Two float32 that begin at an odd byte of the file.
    QByteArray header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    header = header.leftJustified(header.size() % 2 ? header.size() : header.size() + 1, ' ');
    QByteArray bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size());
    const float values[2] = {1.5f, -3.0f};
    QFile out(QString::fromStdString(path().string()));
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write(bytes + header + QByteArray(reinterpret_cast<const char *>(values), 8));
    out.close();
    const auto file = std::make_shared<const SafetensorsFile>(path());
    QVERIFY(torch::equal(toTensor(file, *file->find("a")), torch::tensor({1.5f, -3.0f})));
}

void TensorFileTest::readTensorsMayBeChanged()
{
    writeTensors(path(), {{"a", torch::zeros({4})}});
    auto tensors = readTensors(path());
    tensors.at("a").add_(1);
    QVERIFY(torch::equal(readTensors(path()).at("a"), torch::zeros({4})));
}

void TensorFileTest::operationsGiveWhatTheNetworkAsksFor()
{
    const torch::Tensor stacked = torch::randn({6, 4}), kernel = torch::randn({3, 5, 1, 1}),
                        matrix = torch::randn({3, 5});
    writeTensors(path(), {{"stacked", stacked}, {"kernel", kernel}, {"matrix", matrix}});
    const auto file = std::make_shared<const SafetensorsFile>(path());
    const auto item = [&](const char *name, std::vector<std::int64_t> shape, TensorOp op, std::int64_t begin = 0) {
        return TensorSource::Item{.name = name,
                                  .shape = std::move(shape),
                                  .file = file,
                                  .entry = file->find(name),
                                  .op = op,
                                  .sliceBegin = begin};
    };
    QVERIFY(torch::equal(loadTensor(item("stacked", {2, 4}, TensorOp::Slice, 2)), stacked.slice(0, 2, 4)));
    QVERIFY(torch::equal(loadTensor(item("stacked", {2, 4}, TensorOp::Slice, 4)), stacked.slice(0, 4, 6)));
    QVERIFY(torch::equal(loadTensor(item("kernel", {3, 5}, TensorOp::Reshape)), kernel.reshape({3, 5})));
    QVERIFY(torch::equal(loadTensor(item("matrix", {5, 3}, TensorOp::Transpose)), matrix.t()));
    QVERIFY(torch::equal(loadTensor(item("matrix", {3, 5}, TensorOp::Copy)), matrix));
}

void TensorFileTest::float8ComesAsFloat32()
{
    const torch::Tensor values = torch::tensor({0.0f, 1.0f, -2.0f, 0.015625f, 448.0f});
    for (const torch::ScalarType type : {torch::kFloat8_e4m3fn, torch::kFloat8_e5m2}) {
        writeTensors(path(), {{"a", values.to(type)}});
        const auto file = std::make_shared<const SafetensorsFile>(path());
        const TensorEntry &entry = *file->find("a");
        const torch::Tensor loaded = loadTensor({.name = "a", .shape = entry.shape, .file = file, .entry = &entry});
        const std::string difference = tests::compareTensors(loaded, values.to(type).to(torch::kFloat32), 0.0);
        QVERIFY2(difference.empty(), difference.c_str());
        QCOMPARE(loaded.scalar_type(), torch::kFloat32);
    }
}

QTEST_GUILESS_MAIN(TensorFileTest)
#include "tensor_file_test.moc"
