#pragma once
// Dances in and out of files, in the format of format/export_table.h that the file's extension names.

#include <string>

#include "base/result.h"
#include "format/dance.h"

namespace terpsi::native {

// Ok when `path` has the extension of a format. Errors: invalid_argument.
Status check_dance_path(const std::string& path);

// A format that holds motion only gets the file's name as its title. Errors: invalid_argument (extension),
// not_found, io, too_large, unsupported (only written), and those of the format.
Result<format::Dance> load_dance(const std::string& path);

// Written whole or not at all. Errors: invalid_argument (extension), io, and those of the format.
Status save_dance(const std::string& path, const format::Dance& dance);

// The title of a dance to the song of this file name: without folder and extension; "untitled" if it holds
// what dance.h does not allow.
std::string title_of(const std::string& song);

}  // namespace terpsi::native
