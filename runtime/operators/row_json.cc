#include "runtime/operators/row_json.h"

#include "runtime/types/text.h"

namespace weir {

void AppendRowJson(const RecordBatch& batch, RowIndex row, std::string& out) {
  out += '{';
  bool first = true;
  for (int i = 0; i < batch.num_columns(); ++i) {
    const Column& column = *batch.column(i);
    if (column.IsNull(row)) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(batch.schema()->field(i).name, out);
    out += ':';
    out += column.ValueAt(row).ToJson();
  }
  out += '}';
}

}  // namespace weir
