#include <gtest/gtest.h>
#include <unistd.h>

#include "runtime/connectors/console/console_connector.h"
#include "runtime/connectors/console/console_sink.h"

namespace weir {
namespace {

/// What a console sink with these options prints for two batches of the numbers 1, 2 and 3.
std::string Printed(const ConnectorOptions& options) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const SchemaPtr schema =
      Schema::Make({{"name", DataType::String(), {}}, {"n", DataType::Int64().AsOptional(), {}}});
  SinkRequest request;
  request.options = &options;
  request.schema = schema;
  ConsoleSink sink(request, pipe_ends[1]);
  Result<std::unique_ptr<SinkWriter>> writer = sink.MakeWriter(0);
  for (int64_t first : {1, 3}) {
    const MutableColumnPtr names = Column::Make(schema->field(0).type, 2);
    const MutableColumnPtr numbers = Column::Make(schema->field(1).type, 2);
    for (RowIndex row = 0; row < 2; ++row) {
      names->SetValue(row, Value::String(row == 0 ? "café" : "b"));
      numbers->SetValue(row, Value::Int64(first + row));
    }
    numbers->SetNull(1);
    EXPECT_TRUE((*writer)->Append(RecordBatch(schema, {names, numbers}, 2)).ok());
  }
  EXPECT_TRUE(sink.Close().ok());
  ::close(pipe_ends[1]);
  std::string text(4096, '\0');
  text.resize(static_cast<size_t>(::read(pipe_ends[0], text.data(), text.size())));
  ::close(pipe_ends[0]);
  return text;
}

TEST(ConsoleTest, JsonLinesByDefault) {
  EXPECT_EQ(Printed({}),
            "{\"name\":\"café\",\"n\":1}\n{\"name\":\"b\"}\n{\"name\":\"café\",\"n\":3}\n{\"name\":"
            "\"b\"}\n");
}

TEST(ConsoleTest, AlignedTableWithOneHeader) {
  ConnectorOptions options;
  options.Set("format", Value::String("table"));
  EXPECT_EQ(Printed(options), "name  n\ncafé  1\nb\ncafé  3\nb\n");
}

TEST(ConsoleTest, ALimitCountsTheRest) {
  ConnectorOptions options;
  options.Set("limit", Value::Int64(1));
  EXPECT_EQ(Printed(options), "{\"name\":\"café\",\"n\":1}\n… and 3 more rows\n");
}

}  // namespace
}  // namespace weir
