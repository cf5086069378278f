#pragma once
// Loads the corpus of phrases from the NPZ that tools/train writes (build_corpus.py describes it).

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "generate/graph/phrase_corpus.h"

namespace terpsi::native {

struct CorpusFile {
  generate::PhraseCorpus corpus;  // check_corpus holds
  std::string sha256;             // of the file
};

// Errors: those of parse_npz and check_corpus; bad_format when an array is missing or has a wrong shape;
// unsupported for another version.
Result<generate::PhraseCorpus> parse_corpus(std::span<const std::uint8_t> bytes);

// Errors: not_found, io, too_large, and those of parse_corpus.
Result<CorpusFile> load_corpus(const std::string& path);

}  // namespace terpsi::native
