#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/studio.h"
#include "ui/common/banner.h"
#include "ui/create/words.h"
#include "ui/learn/forward_controls.h"
#include "ui/learn/forward_guess.h"
#include "ui/learn/forward_tile.h"
#include "ui/learn/forward_view.h"

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kCurvePoints = 49; ///< three rounds of halving, and the ends
constexpr double kChunkSeconds = 0.2;
constexpr int kMostInChunk = 8;

/// Timesteps of the curve, coarse to fine, so that its shape is there early.
QVector<int> curveSteps(int size)
{
    QVector<int> steps;
    for (int stride = 16; stride >= 1; stride /= 2) {
        for (int i = 0; i < kCurvePoints; i += stride) {
            const int t = int(std::lround(double(i) * (size - 1) / (kCurvePoints - 1)));
            if (!steps.contains(t))
                steps.append(t);
        }
    }
    return steps;
}

} // namespace

/// The whole picture at about as many pixels as the model makes: larger ones are foreign to it, and slow.
engine::Image ForwardView::pictureForModel(const app::ModelEntry &entry) const
{
    const double pixels = double(entry.info.nativeWidth) * entry.info.nativeHeight;
    const double own = double(m_picture.image.width()) * m_picture.image.height();
    const double scale = std::sqrt(pixels / std::max(1.0, own));
    const QSize size = (QSizeF(m_picture.image.size()) * scale).toSize().expandedTo({1, 1});
    if (size == m_picture.image.size())
        return app::fromQImage(m_picture.image);
    return app::fromQImage(m_picture.image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
}

void ForwardView::askEncode()
{
    const app::ModelEntry *entry = model();
    if (!entry || m_picture.isEmpty())
        return;
    m_study->cancel(StudyPurpose::Encode);
    m_encodeModel = entry->path;
    m_study->ask(StudyPurpose::Encode,
                 engine::EncodeRequest{.model = pathFrom(entry->path), .picture = pictureForModel(*entry)});
    updateAsking();
}

void ForwardView::pressAsk()
{
    if (m_isLive) {
        stopAsking();
        return;
    }
    if (!model() || m_picture.isEmpty())
        return;
    m_isLive = true;
    m_guess->setLive(true);
    askGuess();
}

void ForwardView::stopAsking()
{
    m_isLive = false;
    m_guess->setLive(false);
    m_retry.stop();
    m_study->cancel(StudyPurpose::Guess);
    m_study->cancel(StudyPurpose::Curve);
    updateAsking();
}

/// While one answer is on its way the newest question waits: the answers follow t as fast as they can.
void ForwardView::askGuess()
{
    if (!m_isLive || m_picture.isEmpty())
        return;
    const app::ModelEntry *entry = model();
    if (!entry)
        return;
    if (m_space.isEmpty()) {
        if (!m_study->isAsked(StudyPurpose::Encode))
            askEncode();
        return; // takeEncoded() goes on
    }
    m_study->ask(StudyPurpose::Guess,
                 engine::PredictNoiseRequest{.model = pathFrom(entry->path),
                                             .clean = m_space.clean,
                                             .noise = m_space.noise,
                                             .alphaBars = m_process->alphaBars(),
                                             .timesteps = {m_t}},
                 m_seed);
    updateAsking();
}

/// A few points at a time and only while nobody waits for the engine, so that a picture asked for meanwhile waits at
/// most for one of them.
void ForwardView::askCurve()
{
    if (!m_isLive || !m_isActive || m_space.isEmpty() || m_curveLeft.isEmpty() ||
        m_controls->noise() == ForwardNoise::Fresh || m_study->isAsked(StudyPurpose::Curve))
        return;
    const app::ModelEntry *entry = model();
    if (!entry)
        return;
    if (m_studio.queue().running() || m_studio.queue().waiting() > 0) {
        m_retry.start();
        return;
    }
    const int fit = m_secondsPerGuess > 0.0 ? int(kChunkSeconds / m_secondsPerGuess) : 1;
    const int count = std::min(std::clamp(fit, 1, kMostInChunk), int(m_curveLeft.size()));
    engine::PredictNoiseRequest request{.model = pathFrom(entry->path),
                                        .clean = m_space.clean,
                                        .noise = m_space.noise,
                                        .alphaBars = m_process->alphaBars()};
    for (int i = 0; i < std::max(2, count); ++i) // a single one would be decoded for nobody
        request.timesteps.push_back(m_curveLeft.at(std::min(i, int(m_curveLeft.size()) - 1)));
    m_study->ask(StudyPurpose::Curve, request);
}

/// Picture, schedule, noise or model changed: what was answered is about something else.
void ForwardView::dropAnswers()
{
    m_study->cancel(StudyPurpose::Guess);
    m_study->cancel(StudyPurpose::Curve);
    m_errors.clear();
    m_curveLeft = curveSteps(m_process->size());
    m_guess->setErrors(m_errors, int(m_curveLeft.size()), m_process->size() - 1);
    m_guess->clearAnswer();
}

void ForwardView::onAnswer(StudyPurpose purpose, const engine::StudyResult &result, double seconds, quint64 tag)
{
    if (const auto *encoded = std::get_if<engine::EncodeResult>(&result)) {
        takeEncoded(*encoded);
    } else if (const auto *guess = std::get_if<engine::PredictNoiseResult>(&result)) {
        if (purpose == StudyPurpose::Curve)
            takeErrors(*guess, seconds);
        else if (tag == m_seed) // else about noise that is not shown any more; the newest is asked already
            takeGuess(*guess, seconds);
    } else if (const auto *decoded = std::get_if<engine::DecodeResult>(&result)) {
        const QImage picture = app::toQImage(decoded->image);
        // Whatever moved since asked for another; until that comes, the linear map shows what is.
        const bool isNewest = !m_space.isEmpty() && !m_study->isAsked(StudyPurpose::Decode);
        if (!picture.isNull() && isLatent() && isNewest) {
            m_noisyTile->setImage(picture);
            m_noisyTile->setProperty("decoded", true);
        }
    }
    updateAsking();
    Q_EMIT statusChanged();
}

void ForwardView::takeEncoded(const engine::EncodeResult &result)
{
    const app::ModelEntry *entry = model();
    if (!entry || result.latent.isEmpty())
        return;
    if (entry->path != m_encodeModel) { // another was chosen meanwhile
        askEncode();
        return;
    }
    m_space.model = entry->path;
    m_space.clean = result.latent;
    m_space.map = result.map;
    m_space.picture = app::toQImage(result.picture);
    m_space.pictureValues = engine::pictureArray(result.picture);
    m_space.noise = engine::gaussianNoise(result.latent.channels, result.latent.height, result.latent.width, m_seed);
    m_latentMoments = engine::momentsOf(m_space.clean, m_space.noise);
    dropAnswers();
    redraw();
    askGuess();
}

QImage ForwardView::mapped(const engine::LatentArray &values) const
{
    if (values.isEmpty() || m_space.map.factors.size() != 3 * size_t(values.channels))
        return {};
    QImage image(values.width, values.height, QImage::Format_RGB32);
    engine::mappedPixels(values, m_space.map, reinterpret_cast<std::uint32_t *>(image.bits()));
    return image;
}

void ForwardView::takeGuess(const engine::PredictNoiseResult &result, double seconds)
{
    const app::ModelEntry *entry = model();
    const bool isOurs = !m_space.isEmpty() && result.eps.values.size() == m_space.noise.values.size();
    if (!entry || !isOurs || result.timesteps.empty())
        return;
    m_secondsPerGuess = seconds;
    ForwardAnswer answer{.t = result.timesteps.back(), .model = entry->name, .seconds = seconds};
    answer.noise = mapped(result.eps);
    answer.picture = app::toQImage(result.picture);
    answer.error = result.errors.back();
    answer.correlation = engine::momentsOf(result.eps, m_space.noise).correlation();
    const engine::LatentArray implied = engine::pictureArray(result.picture);
    if (implied.values.size() == m_space.pictureValues.values.size())
        answer.psnr = 10.0 * std::log10(4.0 / std::max(1e-9, engine::meanSquaredError(implied, m_space.pictureValues)));
    m_guess->setAnswer(answer);
    if (!m_study->isAsked(StudyPurpose::Guess))
        askCurve();
}

void ForwardView::takeErrors(const engine::PredictNoiseResult &result, double seconds)
{
    if (!result.timesteps.empty())
        m_secondsPerGuess = seconds / double(result.timesteps.size());
    for (size_t i = 0; i < result.timesteps.size(); ++i) {
        const double t = result.timesteps[i];
        m_curveLeft.removeAll(result.timesteps[i]);
        const auto at = std::lower_bound(m_errors.begin(), m_errors.end(), t,
                                         [](const QPointF &point, double wanted) { return point.x() < wanted; });
        if (at == m_errors.end() || at->x() != t)
            m_errors.insert(at, QPointF(t, result.errors[i]));
    }
    m_guess->setErrors(m_errors, int(m_errors.size() + m_curveLeft.size()), m_process->size() - 1);
    askCurve();
}

void ForwardView::onFailure(StudyPurpose purpose, const app::Failure &failure)
{
    stopAsking();
    if (purpose == StudyPurpose::Encode || purpose == StudyPurpose::Decode)
        m_controls->setSpace(ForwardSpace::Pixels);
    fail(failure.sentence, failure.details);
}

void ForwardView::updateAsking()
{
    const app::ModelEntry *entry = model();
    QString why;
    if (m_picture.isEmpty())
        why = tr("Choose a picture first.");
    else if (!entry)
        why = tr("There is no model here that works. Add one on the Models page.");
    m_guess->setAskEnabled(why.isEmpty(), why);
    if (m_guess->hasAnswer() || !entry)
        return;
    if (m_study->isAsked(StudyPurpose::Guess) || (m_isLive && m_study->isAsked(StudyPurpose::Encode)))
        m_guess->setNote(m_studio.queue().running() ? tr("waits for the picture that is being made")
                                                    : tr("%1 is looking at it").arg(entry->name));
    else
        m_guess->setNote(tr("%1 says which noise it sees, and the picture that remains").arg(entry->name));
}

} // namespace ui
