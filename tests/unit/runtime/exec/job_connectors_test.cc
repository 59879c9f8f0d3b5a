#include "runtime/exec/job_connectors.h"

#include <gtest/gtest.h>

#include "compiler/plan/source_node.h"
#include "runtime/connector/connector_spec.h"
#include "runtime/connector/source_connector.h"
#include "runtime/exec/job_options.h"

namespace weir {
namespace {

/// What a connector is told of how its records are written; it splits them by that.
struct Told {
  std::string format;
  bool header = true;
  int64_t max_line = 0;
};

template <typename Request>
Told Of(const Request& request) {
  Told told;
  told.header =
      request.format_options == nullptr || request.format_options->GetBool("header", true);
  told.max_line = request.max_line;
  return told;
}

plan::DecodeSpec HeaderlessCsv() {
  plan::DecodeSpec decode;
  decode.format = "csv";
  decode.format_options.Set("header", Value::Bool(false));
  decode.max_line = 77;
  return decode;
}

class JobConnectorsTest : public ::testing::Test {
 protected:
  JobConnectorsTest() {
    ConnectorSpec spec;
    spec.name = "probe";
    spec.source.emplace();
    spec.source->make =
        [this](const SourceRequest& request) -> Result<std::unique_ptr<SourceConnector>> {
      told_ = Of(request);
      told_.format = request.format;
      return std::unique_ptr<SourceConnector>();
    };
    spec.table.emplace();
    spec.table->make =
        [this](const TableRequest& request) -> Result<std::unique_ptr<TableConnector>> {
      told_ = Of(request);
      return std::unique_ptr<TableConnector>();
    };
    registry_.Add(std::move(spec));
  }

  ConnectorRegistry registry_;
  Told told_;
};

TEST_F(JobConnectorsTest, ASourceKnowsTheOptionsOfItsFormat) {
  plan::SourceNode node;
  node.connector.connector = "probe";
  node.decode = HeaderlessCsv();
  ASSERT_TRUE(MakeDeclaredConnectors(registry_)->MakeSource(node, {}).ok());
  EXPECT_EQ(told_.format, "csv");
  EXPECT_FALSE(told_.header);
  EXPECT_EQ(told_.max_line, 77);
}

TEST_F(JobConnectorsTest, ATableKnowsTheOptionsOfItsFormat) {
  plan::TableSpec table;
  table.connector.connector = "probe";
  table.decode = HeaderlessCsv();
  ASSERT_TRUE(MakeDeclaredConnectors(registry_)->MakeTable(table, {}).ok());
  EXPECT_FALSE(told_.header);
  EXPECT_EQ(told_.max_line, 77);
}

}  // namespace
}  // namespace weir
