#include "compiler/semantic/flow_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/suggest.h"

namespace weir::semantic {
namespace {

const std::vector<std::string>& SettingNames() {
  static const std::vector<std::string> names = {"delivery", "checkpoint",   "snapshot",  "ledger",
                                                 "workers",  "state_memory", "durability"};
  return names;
}

class HeadReader {
 public:
  explicit HeadReader(const Catalog& catalog) : catalog_(catalog) {}

  plan::PipelineSettings Run() {
    settings_.base_dir = catalog_.base_dir();
    const auto& head = catalog_.file().head;
    if (!head) return settings_;
    settings_.name = head->name.Joined();
    for (const ast::Assignment& setting : head->settings) Read(setting);
    return settings_;
  }

 private:
  void Read(const ast::Assignment& setting) {
    const std::string& name = setting.name.text;
    if (name == "delivery") return ReadDelivery(*setting.value);
    if (name == "checkpoint") return ReadCheckpoint(*setting.value);
    if (name == "snapshot") return ReadSnapshot(*setting.value);
    if (name == "state_memory") {
      settings_.state_memory =
          catalog_.ConstantSize(*setting.value, name).value_or(settings_.state_memory);
      return;
    }
    if (name == "ledger") {
      settings_.ledger_warns = ReadWord(*setting.value, name, {"strict", "warn"}) == "warn";
      return;
    }
    if (name == "durability") {
      settings_.durable_snapshot =
          ReadWord(*setting.value, name, {"local", "snapshot"}) == "snapshot";
      return;
    }
    if (name == "workers") {
      settings_.workers = catalog_.ConstantInteger(*setting.value, name);
      if (settings_.workers && (*settings_.workers < 1 || *settings_.workers > 256)) {
        ReportRange(*setting.value, "workers is a number of threads", "1 to 256");
      }
      return;
    }
    for (const std::string& known : SettingNames()) {
      if (known == name) return;
    }
    catalog_.diagnostics()
        .Report(Code::kF0162, setting.name.span)
        .Arg(name)
        .Help(SuggestHelp(name, SettingNames()));
  }

  /// One of `words`; the first of them after a report.
  std::string ReadWord(const ast::Expr& value, const std::string& setting,
                       const std::vector<std::string>& words) {
    const auto* word = value.Try<ast::NameExpr>();
    if (word != nullptr && std::find(words.begin(), words.end(), word->name.text) != words.end()) {
      return word->name.text;
    }
    catalog_.diagnostics()
        .Report(Code::kF0162, value.span)
        .Message("there is no {} `{}`", setting, catalog_.TextOf(value.span))
        .Help(fmt::format("there are: {}", fmt::join(words, ", ")));
    return words.front();
  }

  void ReadDelivery(const ast::Expr& value) {
    const auto* word = value.Try<ast::NameExpr>();
    if (word != nullptr && word->name.text == "exactly_once") {
      settings_.exactly_once = true;
    } else if (word != nullptr && word->name.text == "at_least_once") {
      settings_.exactly_once = false;
    } else {
      catalog_.diagnostics()
          .Report(Code::kF0158, value.span)
          .Message("there is no delivery `{}`", catalog_.TextOf(value.span))
          .Help("there is: exactly_once, at_least_once");
    }
  }

  void ReadCheckpoint(const ast::Expr& value) {
    const ast::StructExpr* record = Record(value, "checkpoint", "{ every: 1s }");
    if (record == nullptr) return;
    for (const ast::StructEntry& entry : record->entries) {
      if (IsField(entry, "every")) {
        ReadDuration(*entry.value, settings_.checkpoint_every);
        if (settings_.checkpoint_every <= 0) {
          ReportRange(*entry.value, "checkpoint.every is how long to wait for the next one",
                      "more than 0, for example 1s");
        }
      } else {
        ReportEntry(entry, "checkpoint", "there is: every");
      }
    }
  }

  void ReadSnapshot(const ast::Expr& value) {
    const ast::StructExpr* record = Record(value, "snapshot", "{ every: 1m, keep: 3 }");
    if (record == nullptr) return;
    for (const ast::StructEntry& entry : record->entries) {
      if (IsField(entry, "every")) {
        ReadDuration(*entry.value, settings_.snapshot_every);
        if (settings_.snapshot_every < 0) {
          ReportRange(*entry.value, "snapshot.every is how long to wait for the next one",
                      "0s (only `flowc savepoint`) or more, for example 5m");
        }
      } else if (IsField(entry, "keep")) {
        settings_.snapshots_kept =
            catalog_.ConstantInteger(*entry.value, "keep").value_or(settings_.snapshots_kept);
        if (settings_.snapshots_kept < 1) {
          ReportRange(*entry.value, "snapshot.keep is how many of them stay", "1 or more");
        }
      } else if (IsField(entry, "dir")) {
        settings_.snapshot_dir = catalog_.ConstantText(*entry.value, "dir").value_or("");
      } else {
        ReportEntry(entry, "snapshot", "there are: every, keep, dir");
      }
    }
  }

  const ast::StructExpr* Record(const ast::Expr& value, std::string_view name,
                                std::string_view example) {
    const auto* record = value.Try<ast::StructExpr>();
    if (record == nullptr) {
      catalog_.diagnostics()
          .Report(Code::kF0162, value.span)
          .Message("`{}` takes a record", name)
          .Help(fmt::format("for example `{} = {}`", name, example));
    }
    return record;
  }

  static bool IsField(const ast::StructEntry& entry, std::string_view name) {
    return entry.kind == ast::StructEntry::Kind::kField && entry.name.text == name;
  }

  void ReadDuration(const ast::Expr& value, Micros& into) {
    into = catalog_.ConstantDuration(value, "every").value_or(into);
  }

  void ReportRange(const ast::Expr& value, std::string_view what, std::string_view range) {
    catalog_.diagnostics()
        .Report(Code::kF0162, value.span)
        .Message("{}: {} is out of range", what, catalog_.TextOf(value.span))
        .Help(fmt::format("give {}", range));
  }

  void ReportEntry(const ast::StructEntry& entry, std::string_view setting, std::string_view help) {
    catalog_.diagnostics()
        .Report(Code::kF0162, entry.span)
        .Arg(fmt::format("{}.{}", setting, entry.name.text))
        .Help(std::string(help));
  }

  const Catalog& catalog_;
  plan::PipelineSettings settings_;
};

}  // namespace

plan::PipelineSettings ReadSettings(const Catalog& catalog) { return HeadReader(catalog).Run(); }

}  // namespace weir::semantic
