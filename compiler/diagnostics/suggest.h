#pragma once

#include "runtime/base/suggest.h"  // IWYU pragma: export
