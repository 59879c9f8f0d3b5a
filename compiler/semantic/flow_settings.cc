#include "compiler/semantic/flow_settings.h"

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
    if (name == "state_memory") {
      settings_.state_memory =
          catalog_.ConstantSize(*setting.value, name).value_or(settings_.state_memory);
      return;
    }
    if (name == "workers") {
      settings_.workers = catalog_.ConstantInteger(*setting.value, name);
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
    const auto* record = value.Try<ast::StructExpr>();
    if (record == nullptr) {
      catalog_.diagnostics()
          .Report(Code::kF0162, value.span)
          .Message("`checkpoint` takes a record")
          .Help("for example `checkpoint = { every: 1s }`");
      return;
    }
    for (const ast::StructEntry& entry : record->entries) {
      if (entry.kind == ast::StructEntry::Kind::kField && entry.name.text == "every") {
        std::optional<Micros> every = catalog_.ConstantDuration(*entry.value, "every");
        settings_.checkpoint_every = every.value_or(settings_.checkpoint_every);
        continue;
      }
      catalog_.diagnostics()
          .Report(Code::kF0162, entry.span)
          .Arg("checkpoint." + entry.name.text)
          .Help("there is: every");
    }
  }

  const Catalog& catalog_;
  plan::PipelineSettings settings_;
};

}  // namespace

plan::PipelineSettings ReadSettings(const Catalog& catalog) { return HeadReader(catalog).Run(); }

}  // namespace weir::semantic
