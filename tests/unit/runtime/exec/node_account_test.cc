#include "runtime/exec/node_account.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

NodeAccount Example() {
  NodeAccount account;
  account.ledger.rows_in = 7;
  account.ledger.passed = 3;
  account.ledger.discarded["duplicate"] = 4;
  account.ledger.produced["window"] = 2;
  account.rows_in = {5, 2};
  account.rows_out = {3, 0};
  return account;
}

TEST(NodeAccount, SurvivesEncoding) {
  const auto decoded = DecodeAccount(EncodeAccount(Example()));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->ledger.rows_in, 7);
  EXPECT_EQ(decoded->ledger.discarded.at("duplicate"), 4);
  EXPECT_EQ(decoded->ledger.produced.at("window"), 2);
  EXPECT_EQ(decoded->rows_in, (std::vector<int64_t>{5, 2}));
  EXPECT_EQ(decoded->rows_out, (std::vector<int64_t>{3, 0}));
}

TEST(NodeAccount, RefusesDamagedBytes) {
  const std::string bytes = EncodeAccount(Example());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeAccount(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(NodeAccount, SumsOverWorkers) {
  NodeAccount sum;
  sum.Add(Example());
  sum.Add(Example());
  EXPECT_EQ(sum.ledger.rows_in, 14);
  EXPECT_EQ(sum.rows_in, (std::vector<int64_t>{10, 4}));
}

}  // namespace
}  // namespace weir
