#include "runtime/connectors/store/store_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/clickhouse_type_of.h"

namespace weir {
namespace {

const RowOption* FindRowOption(const SinkRequest& request, std::string_view name) {
  for (const RowOption& option : request.row_options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

SchemaPtr BatchSchema(const SinkRequest& request) {
  std::vector<Field> fields = request.schema->fields();
  for (const RowOption& option : request.row_options) {
    fields.push_back({"option " + option.name, option.type, {}});
  }
  fields.push_back({"fill expires_at", DataType::Timestamp(), {}});
  fields.push_back({"fill version", DataType::Of(TypeKind::kUInt64), {}});
  fields.push_back({"fill deleted", DataType::Bool(), {}});
  return Schema::Make(std::move(fields));
}

class StoreTableBuilder {
 public:
  explicit StoreTableBuilder(const SinkRequest& request) : request_(request) {}

  Result<StoreTable> Build() {
    table_.name = request_.options->GetString("table");
    if (table_.name.empty()) table_.name = request_.name;
    table_.ddl = request_.options->GetString("ddl");
    table_.ttl = request_.options->GetInt64("ttl");
    table_.batch_schema = BatchSchema(request_);
    table_.num_row_columns = request_.schema->num_fields();
    table_.num_given_columns =
        table_.num_row_columns + static_cast<int>(request_.row_options.size());
    table_.deletes = request_.upsert;
    key_ = FindRowOption(request_, "key");
    value_ = FindRowOption(request_, "value");
    version_ = FindRowOption(request_, "version");
    WEIR_TRY(table_.ddl.empty() ? DescribeOwn() : DescribeDeclared());
    return std::move(table_);
  }

 private:
  /// The file says what the table is; its columns are matched by name when it is there.
  Status DescribeDeclared() {
    for (const char* option : {"key", "value", "version"}) {
      if (FindRowOption(request_, option) != nullptr) return BelongsToOwn(option);
    }
    if (table_.ttl > 0) return BelongsToOwn("ttl");
    AddRowColumns();
    table_.own_version = table_.deletes;
    if (table_.deletes) {
      table_.columns.push_back({kStoreVersion, table_.version_column()});
      table_.columns.push_back({kStoreDeleted, table_.deleted_column()});
    }
    return Status::Ok();
  }

  Status BelongsToOwn(const char* option) const {
    return InvalidArgumentError(
        "store: `{}` is for tables that the store makes itself; with `ddl` the file says what {} "
        "is: leave one of them out",
        option, table_.name);
  }

  Status DescribeOwn() {
    if (key_ != nullptr) {
      table_.columns.push_back({kStoreKey, key_->column});
      table_.order_by = {kStoreKey};
    } else {
      for (int column : request_.key)
        table_.order_by.push_back(request_.schema->field(column).name);
    }
    table_.replaces = key_ != nullptr || !request_.key.empty();
    if (version_ != nullptr && !table_.replaces) {
      return InvalidArgumentError(
          "store: `version` decides which row of a key stays, so it needs `key`, or an upsert "
          "stream with a key");
    }
    WEIR_TRY(CheckOptionTypes());
    if (value_ != nullptr) {
      table_.columns.push_back({"value", value_->column});
    } else {
      AddRowColumns();
    }
    if (table_.ttl > 0) table_.columns.push_back({kStoreExpires, table_.expires_column()});
    if (table_.replaces) AddVersion();
    if (table_.deletes) table_.columns.push_back({kStoreDeleted, table_.deleted_column()});
    if (!table_.replaces) SortByTime();
    return CheckNames();
  }

  Status CheckOptionTypes() const {
    if (key_ != nullptr && (!key_->type.is(TypeKind::kString) || key_->type.optional())) {
      return InvalidArgumentError("store: `key` is a {}, it must be a text that is never null",
                                  key_->type.ToString());
    }
    if (version_ == nullptr) return Status::Ok();
    const bool fits = version_->type.is_integer() || version_->type.is(TypeKind::kTimestamp);
    if (fits && !version_->type.optional()) return Status::Ok();
    return InvalidArgumentError(
        "store: `version` is a {}, it must be an integer or a timestamp that is never null",
        version_->type.ToString());
  }

  void AddRowColumns() {
    for (int i = 0; i < table_.num_row_columns; ++i) {
      table_.columns.push_back({request_.schema->field(i).name, i});
    }
  }

  void AddVersion() {
    table_.own_version = version_ == nullptr;
    table_.columns.push_back(
        {kStoreVersion, version_ == nullptr ? table_.version_column() : version_->column});
  }

  /// Rows that only pile up are found fastest by their time.
  void SortByTime() {
    table_.order_by.clear();
    for (const Field& field : request_.schema->fields()) {
      const bool stored = value_ == nullptr;
      if (!stored || !field.type.is(TypeKind::kTimestamp) || field.type.optional()) continue;
      table_.order_by.push_back(field.name);
      return;
    }
  }

  Status CheckNames() const {
    std::vector<std::string> names;
    for (const StoreTable::Column& column : table_.columns) {
      if (std::find(names.begin(), names.end(), column.name) != names.end()) {
        return InvalidArgumentError(
            "store: the row has a column `{}`, which the store adds itself; give it another name "
            "with `columns`",
            column.name);
      }
      names.push_back(column.name);
    }
    return Status::Ok();
  }

  const SinkRequest& request_;
  const RowOption *key_ = nullptr, *value_ = nullptr, *version_ = nullptr;
  StoreTable table_;
};

std::string NameList(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + ClickhouseName(name);
  return list;
}

/// What ReplacingMergeTree takes as a version: nothing signed, nothing null.
std::string VersionType(const DataType& type) {
  return type.is_integer() ? "UInt64" : ClickhouseTypeOf(type);
}

}  // namespace

Result<StoreTable> StoreTable::From(const SinkRequest& request) {
  return StoreTableBuilder(request).Build();
}

std::string StoreTable::Quoted() const {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return ClickhouseName(name);
  return ClickhouseName(name.substr(0, dot)) + "." + ClickhouseName(name.substr(dot + 1));
}

std::string StoreTable::CreateStatement() const {
  std::string list;
  bool nullable_key = false;
  for (const Column& column : columns) {
    const DataType& type = batch_schema->field(column.source).type;
    std::string text = ClickhouseTypeOf(type);
    if (column.name == kStoreVersion) text = VersionType(type);
    if (column.name == kStoreDeleted) text = "UInt8";
    // Not in `SELECT *`; inserts give them all the same (insert_allow_materialized_columns).
    if (IsHidden(column.name)) text += " MATERIALIZED 0";
    list += fmt::format("{}\n  {} {}", list.empty() ? "" : ",", ClickhouseName(column.name), text);
    const bool sorts = std::find(order_by.begin(), order_by.end(), column.name) != order_by.end();
    nullable_key |= sorts && type.optional();
  }
  std::string engine = EngineName() + "(";
  if (replaces) engine += ClickhouseName(kStoreVersion);
  if (replaces && deletes) engine += ", " + ClickhouseName(kStoreDeleted);
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {} ({}\n) ENGINE = {}) ORDER BY ({}){}\nSETTINGS "
      "non_replicated_deduplication_window = {}{}",
      Quoted(), list, engine, NameList(order_by),
      ttl > 0 ? fmt::format(" TTL toDateTime({})", kStoreExpires) : "", kStoreDeduplicationWindow,
      nullable_key ? ", allow_nullable_key = 1" : "");
}

}  // namespace weir
