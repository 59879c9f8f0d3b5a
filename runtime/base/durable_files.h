#pragma once

#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace weir {

/// Steps that are on disk when they return. Failures name the file; ResourceExhausted: it is full.

/// Why a sync failed. ResourceExhausted where there was no room. Else DataLoss, since trying again
/// would seem to succeed: the kernel has dropped what it could not write and takes it for written.
/// Only a start from the last commit writes it anew.
Status SyncError(const std::string& path, int error);
/// Makes what was created in, renamed into or removed from `folder` durable. "": the working
/// folder, so that the parent of any path will do.
Status FsyncFolder(const std::string& folder);
Status FsyncFile(const std::string& file);
/// Both in the same folder.
Status RenameDurably(const std::string& from, const std::string& to);
/// Written aside, synced, renamed.
Status WriteFileDurably(const std::string& file, std::string_view content);
/// With parents; each is durable in its parent.
Status MakeFolderDurably(const std::string& folder);

}  // namespace weir
