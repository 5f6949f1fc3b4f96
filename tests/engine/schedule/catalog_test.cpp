#include "engine/catalog.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <fstream>
#include <set>

using namespace engine;
using nlohmann::json;

class CatalogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyIdAndNameOfOtherProgramsIsFound();
    void rowsAreSound();
    void namesInOtherSpellingsAreFound_data();
    void namesInOtherSpellingsAreFound();
    void labelsThatNameBothAreSplit_data();
    void labelsThatNameBothAreSplit();
    void strangersAreNotFound();
};

void CatalogTest::everyIdAndNameOfOtherProgramsIsFound()
{
    std::ifstream file(TINCTURE_GOLDEN "/samplers/ids.json");
    const json ids = json::parse(file);
    QCOMPARE(samplers().size(), ids["samplers"].size());
    QCOMPARE(schedules().size(), ids["schedules"].size());
    for (const json &row : ids["samplers"]) {
        const std::string id = row["id"];
        for (const char *program : {"id", "a1111", "comfyui", "diffusers"}) {
            const std::string name = row[program];
            if (name.empty())
                continue;
            const SamplerInfo *found = findSampler(name);
            QVERIFY2(found, name.c_str());
            QCOMPARE(std::string(found->id), id);
        }
        const SamplerInfo *found = findSampler(id);
        QCOMPARE(found->order, row["order"].get<int>());
        QCOMPARE(found->stochastic, row["stochastic"].get<bool>());
        if (row["a1111"] != "")
            QCOMPARE(std::string(found->label), row["a1111"].get<std::string>());
    }
    for (const json &row : ids["schedules"]) {
        const std::string id = row["id"];
        for (const char *program : {"id", "a1111", "comfyui", "diffusers", "also"}) {
            const std::string name = row.value(program, "");
            if (name.empty() || name == "Align Your Steps") // one label for two schedules: the first
                continue;
            const ScheduleInfo *found = findSchedule(name);
            QVERIFY2(found, name.c_str());
            QCOMPARE(std::string(found->id), id);
        }
    }
    QCOMPARE(std::string(findSchedule("Align Your Steps")->id), std::string("ays"));
}

void CatalogTest::rowsAreSound()
{
    std::set<std::string_view> labels;
    for (const SamplerInfo &sampler : samplers()) {
        QVERIFY(labels.insert(sampler.label).second);
        const ScheduleInfo *schedule = findSchedule(sampler.defaultSchedule);
        QVERIFY(schedule);
        QCOMPARE(schedule->id, sampler.defaultSchedule);
    }
    labels.clear();
    for (const ScheduleInfo &schedule : schedules())
        QVERIFY(labels.insert(schedule.label).second);
}

void CatalogTest::namesInOtherSpellingsAreFound_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    const auto row = [](const char *name, const char *id) { QTest::newRow(name) << name << id; };
    row("k_euler", "euler");
    row("k_euler_ancestral", "euler_ancestral");
    row("euler_a", "euler_ancestral");
    row("Euler A", "euler_ancestral");
    row("k_lms", "lms");
    row("k_heun", "heun");
    row("k_dpm_2", "dpm_2");
    row("kdpm_2_a", "dpm_2_ancestral");
    row("k_dpmpp_2m", "dpmpp_2m");
    row("k_dpmpp_2s_ancestral", "dpmpp_2s_ancestral");
    row("k_dpmpp_sde", "dpmpp_sde");
    row("dpm++2m", "dpmpp_2m");
    row("dpm++2mv2", "dpmpp_2m");
    row("dpm++2s_a", "dpmpp_2s_ancestral");
    row("dpm2", "dpm_2");
    row("dpmpp_2m_sde_gpu", "dpmpp_2m_sde");
    row("dpmpp_3m_sde_gpu", "dpmpp_3m_sde");
    row("unipc", "uni_pc");
    row("pndm", "plms");
    row("ddim_v3", "ddim");
    row("sample_dpmpp_2m", "dpmpp_2m");
    row("DPM++ 2M SDE Heun", "dpmpp_2m_sde_heun");
}

void CatalogTest::namesInOtherSpellingsAreFound()
{
    QFETCH(QString, name);
    QFETCH(QString, id);
    const SamplerInfo *found = findSampler(name.toStdString());
    QVERIFY(found);
    QCOMPARE(QString::fromUtf8(found->id.data(), qsizetype(found->id.size())), id);
}

void CatalogTest::labelsThatNameBothAreSplit_data()
{
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("sampler");
    QTest::addColumn<QString>("schedule");
    const auto row = [](const char *label, const char *sampler, const char *schedule) {
        QTest::newRow(label) << label << sampler << schedule;
    };
    row("DPM++ 2M Karras", "dpmpp_2m", "karras");
    row("DPM++ SDE Karras", "dpmpp_sde", "karras");
    row("DPM++ 2M SDE Heun Exponential", "dpmpp_2m_sde_heun", "exponential");
    row("DPM++ 2S a Karras", "dpmpp_2s_ancestral", "karras");
    row("DPM2 a Karras", "dpm_2_ancestral", "karras");
    row("DPM++ 2M SGM Uniform", "dpmpp_2m", "sgm_uniform");
    row("DPM++ 3M SDE Exponential", "dpmpp_3m_sde", "exponential");
    row("LMS Karras", "lms", "karras");
    row("dpmpp_2m_k", "dpmpp_2m", "karras");
    row("euler_k", "euler", "karras");
    row("Euler A Trailing", "euler_ancestral", "sgm_uniform");
    row("DPM++ 2M AYS", "dpmpp_2m", "ays");
    row("DPM++ 2M SDE", "dpmpp_2m_sde", "");
    row("DDIM", "ddim", "");
    row("Euler", "euler", "");
}

void CatalogTest::labelsThatNameBothAreSplit()
{
    QFETCH(QString, label);
    QFETCH(QString, sampler);
    QFETCH(QString, schedule);
    const SamplerLabel split = splitSamplerLabel(label.toStdString());
    QVERIFY(split.sampler);
    QCOMPARE(std::string(split.sampler->id), sampler.toStdString());
    QCOMPARE(std::string(split.schedule ? split.schedule->id : ""), schedule.toStdString());
}

void CatalogTest::strangersAreNotFound()
{
    QVERIFY(!findSampler(""));
    QVERIFY(!findSampler("DPM adaptive"));
    QVERIFY(!findSampler("k"));
    QVERIFY(!findSchedule(""));
    QVERIFY(!findSchedule("Automatic"));
    QVERIFY(!splitSamplerLabel("Karras").sampler);
    QVERIFY(!splitSamplerLabel("Unheard Karras").sampler);
}

QTEST_GUILESS_MAIN(CatalogTest)
#include "catalog_test.moc"
