#pragma once

#include <sys/un.h>

#include <string>

#include "runtime/base/result.h"

namespace weir {

/// The address of a socket file. The system allows 107 bytes of path.
Result<sockaddr_un> UnixAddress(const std::string& path);

/// A socket that is connected to `path`. NotFound: no such file; Unavailable: nobody listens;
/// PermissionDenied: somebody else's.
Result<int> ConnectUnix(const std::string& path);

}  // namespace weir
