#include "stdlib/scalar/all_functions.h"

#include "stdlib/scalar/conversion/conversion_functions.h"
#include "stdlib/scalar/hash/hash_functions.h"
#include "stdlib/scalar/json/json_functions.h"
#include "stdlib/scalar/list/list_functions.h"
#include "stdlib/scalar/math/math_functions.h"
#include "stdlib/scalar/net/net_functions.h"
#include "stdlib/scalar/privacy/privacy_functions.h"
#include "stdlib/scalar/string/string_functions.h"
#include "stdlib/scalar/time/time_functions.h"
#include "stdlib/scalar/uuid/uuid_functions.h"

namespace weir {

void RegisterScalarFunctions(FunctionRegistry& registry) {
  for (auto* family :
       {&ConversionFunctions, &HashFunctions, &JsonFunctions, &ListFunctions, &MathFunctions,
        &NetFunctions, &PrivacyFunctions, &RegexFunctions, &StringFunctions,
        &TimeConversionFunctions, &TimePartFunctions, &UuidFunctions}) {
    for (const FunctionDef& def : family()) registry.Add(&def);
  }
}

}  // namespace weir
