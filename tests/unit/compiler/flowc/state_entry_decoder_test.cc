#include "compiler/flowc/state_entry_decoder.h"

#include <gtest/gtest.h>

#include "compiler/plan/row_nodes.h"
#include "runtime/operators/sighting_shelf.h"

namespace weir::flowc {
namespace {

/// What a shelf of the stage has written, as the command shows it.
TEST(StateEntryDecoderTest, SightingsOfDedupe) {
  auto node = std::make_unique<plan::DedupeNode>();
  node->name = "rows/seen";
  node->keys = {plan::MakeColumn(0, "k", DataType::String()),
                plan::MakeColumn(1, "n", DataType::Int64())};
  plan::LogicalPlan plan;
  plan.Add(std::move(node));
  const StateEntryDecoder decoder(&plan, "rows/seen");
  SightingShelf shelf(/*keys_of_16_bytes=*/false, {.start = 0, .group = 3});
  const std::string key("\x02\0\0\0ab\x07\0\0\0\0\0\0\0", 14);  // as KeyEncoder has it
  shelf.Add(key, HashBytes(key), 1'500'000);
  for (const bool runs : {false, true}) {
    StateWriter out("rows/seen");
    shelf.Seal();
    size_t allowance = 0;
    SliceBudget budget = SliceBudget::Unlimited();
    ASSERT_TRUE(shelf.Write(runs, allowance, out, budget));
    const StateDelta delta = out.Take();
    int shown = 0;
    for (const SlotChanges& changes : delta.slots) {
      changes.ForEach([&](const StateChange& change) {
        if (!change.value) return;
        const auto json = decoder.Entry(changes.slot(), change.key_group, *change.value);
        if (changes.slot() == "filters") {
          EXPECT_EQ(json["ids"], 1);
        } else {
          EXPECT_EQ(json.dump(), R"([{"id":["ab",7],"first_seen":"1970-01-01T00:00:01.500000Z"}])");
        }
        ++shown;
      });
    }
    EXPECT_EQ(shown, runs ? 2 : 1);
  }
}

}  // namespace
}  // namespace weir::flowc
