#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/data_type.h"

namespace weir {

class SourceConnector;
class SinkConnector;
class TableConnector;
struct SourceRequest;
struct SinkRequest;
struct TableRequest;

enum class OptionType : uint8_t { kString, kInteger, kFloat, kBool, kDuration, kSize, kEnum, kAny };

/// One argument of a connector or format. `flowc check`, help, completion and reference pages come
/// from here.
struct OptionSpec {
  std::string name;
  OptionType type = OptionType::kString;
  std::string doc;
  std::optional<Value> default_value = {};  ///< shown in help and filled in
  bool required = false;
  bool secret = false;   ///< only a `secret` may be given, never a literal
  bool per_row = false;  ///< an expression typed against every stream that goes in
  /// A path that belongs to the program (DDL): written relative to the .flow file, handed on
  /// relative to the working directory. Paths of data are taken as they are.
  bool program_path = false;
  std::vector<std::string> choices = {};      ///< kEnum
  std::optional<int64_t> min = {}, max = {};  ///< kInteger, kDuration (us), kSize (bytes)
  std::string example = {};                   ///< as written: `"clicks.jsonl"`
};

/// What a sink can promise about each row.
enum class SinkGuarantee : uint8_t { kExactlyOnce, kEffectivelyOnce, kAtLeastOnce, kBestEffort };

/// What happens when an upsert stream goes in.
enum class UpsertSupport : uint8_t { kNone, kWithKey, kAlways };

/// Files or topics that a source or table reads, written so that equal places are equal texts.
struct ReadPlaces {
  std::vector<std::string> exact;
  std::vector<std::string> patterns;  ///< for fnmatch; `*` stays within one folder
};

/// Places that `options` of a source or table called `name` read.
using ReadPlacesOf = std::function<ReadPlaces(const ConnectorOptions&, const std::string& name)>;

struct SourceRole {
  std::vector<OptionSpec> options;
  /// None in connectors whose specs alone are there so that a pipeline checks.
  std::function<Result<std::unique_ptr<SourceConnector>>(const SourceRequest&)> make;
  bool replayable = true;
  bool bounded = false;  ///< may end by itself
  /// Records come with the time at which they were written: a record of a topic made anew has
  /// another one, a record that is read again the same.
  bool timed_records = false;
  ReadPlacesOf reads;  ///< none: nothing that a sink could write
};

struct SinkRole {
  std::vector<OptionSpec> options;
  std::function<Result<std::unique_ptr<SinkConnector>>(const SinkRequest&)> make;
  SinkGuarantee guarantee = SinkGuarantee::kExactlyOnce;
  UpsertSupport upsert = UpsertSupport::kNone;
  /// Rows go nowhere: no personal data leaves, so no `pii` clause is needed.
  bool drops_rows = false;
  /// Where rows go, one text comparable with ReadPlaces (a folder: any new file in it); "" when it
  /// is not known. `format` as the sink node has it.
  std::function<std::string(const ConnectorOptions&, const std::string& name,
                            const std::string& format)>
      writes;
};

struct TableRole {
  std::vector<OptionSpec> options;
  std::function<Result<std::unique_ptr<TableConnector>>(const TableRequest&)> make;
  ReadPlacesOf reads;
};

/// A connector, defined once. Registered by one line in runtime/connectors/all_connectors.cc.
struct ConnectorSpec {
  std::string name;
  std::string doc;
  std::optional<SourceRole> source;
  std::optional<SinkRole> sink;
  std::optional<TableRole> table;
  std::vector<std::string> examples;  ///< complete clauses: `from file(path: "clicks.jsonl")`
  std::string available_from;         ///< "" when it runs; else says when it will
  /// One pipeline may write a place and read it (a topic): only a loop deserves a warning. Else it
  /// is an error, since a run would read or replace what it has just written.
  bool shares_places = false;
};

/// A format (json, csv, raw …) and its options.
struct FormatSpec {
  std::string name;
  std::string doc;
  std::vector<OptionSpec> options;
  bool decodes = true, encodes = true;
};

/// Name to spec; filled once by the program's main, then read-only.
class ConnectorRegistry {
 public:
  void Add(ConnectorSpec spec) {
    connectors_.push_back(std::make_unique<ConnectorSpec>(std::move(spec)));
  }
  void Add(FormatSpec spec) { formats_.push_back(std::make_unique<FormatSpec>(std::move(spec))); }
  const ConnectorSpec* Find(std::string_view name) const;
  const FormatSpec* FindFormat(std::string_view name) const;
  const std::vector<std::unique_ptr<ConnectorSpec>>& connectors() const { return connectors_; }
  const std::vector<std::unique_ptr<FormatSpec>>& formats() const { return formats_; }

 private:
  std::vector<std::unique_ptr<ConnectorSpec>> connectors_;
  std::vector<std::unique_ptr<FormatSpec>> formats_;
};

}  // namespace weir
