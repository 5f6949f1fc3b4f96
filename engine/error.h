#pragma once

#include <stdexcept>
#include <string>

namespace engine {

/// What went wrong, as far as a caller can act on it. Every kind has a sentence in app/failure.cpp.
enum class ErrorKind {
    BadRequest,     ///< a value of the request cannot be used (subject: the field)
    FileUnreadable, ///< cannot be opened or read (subject: the path)
    NotACheckpoint, ///< a file whose structure is damaged or foreign (subject: the path)
    UnknownFamily,  ///< readable, but no network we know (subject: the path)
    NotSupported,   ///< a known format or network that this version does not run (subject: the path)
    WrongWeights,   ///< tensors missing, unexpected or of a wrong shape (subject: the path)
    OutOfMemory,    ///< subject: what was being made
    DiskFull,       ///< subject: the path
    Internal        ///< a defect of ours
};

/// Thrown by every engine call that fails. `subject` names the file or field, `detail` says in English what
/// is wrong with it, in one sentence, for the log and the "Details" of a message.
class Error : public std::runtime_error
{
public:
    Error(ErrorKind kindOfError, std::string subjectOfError, std::string detailOfError)
        : std::runtime_error(subjectOfError.empty() ? detailOfError : subjectOfError + ": " + detailOfError)
        , kind(kindOfError)
        , subject(std::move(subjectOfError))
        , detail(std::move(detailOfError))
    {
    }

    ErrorKind kind;
    std::string subject;
    std::string detail;
};

/// Thrown when the caller's stop token was set. Not an error.
struct Cancelled
{
};

} // namespace engine
