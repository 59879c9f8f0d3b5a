// Profiles: which one is active, what it inherits, and that the others name things that exist.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/declare_builder.h"

namespace weir::semantic {

const ast::ProfileDecl* CatalogBuilder::FindProfile(std::string_view name) const {
  for (const ast::ProfileDecl* profile : data_.profiles) {
    if (profile->name.text == name) return profile;
  }
  return nullptr;
}

ProfileChain CatalogBuilder::ChainOf(const ast::ProfileDecl& profile) {
  ProfileChain chain;
  for (const ast::ProfileDecl* at = &profile; at != nullptr;) {
    if (std::find(chain.begin(), chain.end(), at) != chain.end()) break;
    chain.push_back(at);
    at = at->extends ? FindProfile(at->extends->text) : nullptr;
  }
  return chain;
}

Status CatalogBuilder::ResolveProfiles() {
  const ast::ProfileDecl* active = nullptr;
  const ast::ProfileDecl* first_default = nullptr;
  std::vector<std::string> names;
  for (const ast::ProfileDecl* profile : data_.profiles) {
    if (const ast::ProfileDecl* other = FindProfile(profile->name.text); other != profile) {
      ReportTwice(profile->name, other->name.span);
    }
    names.push_back(profile->name.text);
    CheckProfile(*profile);
    if (!profile->is_default) continue;
    if (first_default != nullptr) {
      data_.diagnostics->Report(Code::kF0112, profile->name.span)
          .Label(first_default->name.span, "this one is the default already");
    } else {
      first_default = profile;
    }
  }
  active = first_default;
  const std::string& wanted = data_.options->profile;
  if (!wanted.empty()) {
    active = FindProfile(wanted);
    if (active == nullptr) {
      std::string help = SuggestHelp(wanted, names);
      return InvalidArgumentError("there is no profile `{}`{}{}", wanted, help.empty() ? "" : ": ",
                                  help);
    }
  }
  if (active != nullptr) {
    data_.chain = ChainOf(*active);
    data_.profile = active->name.text;
  }
  return Status::Ok();
}

void CatalogBuilder::CheckProfile(const ast::ProfileDecl& profile) {
  DiagnosticEngine& diagnostics = *data_.diagnostics;
  if (profile.extends) {
    const ast::ProfileDecl* base = FindProfile(profile.extends->text);
    if (base == nullptr) {
      std::vector<std::string> names;
      for (const ast::ProfileDecl* other : data_.profiles) names.push_back(other->name.text);
      diagnostics.Report(Code::kF0101, profile.extends->span)
          .Arg("profile")
          .Arg(profile.extends->text)
          .Help(SuggestHelp(profile.extends->text, names));
    } else {
      ProfileChain above = ChainOf(*base);
      if (std::find(above.begin(), above.end(), &profile) != above.end()) {
        diagnostics.Report(Code::kF0103, profile.extends->span)
            .Arg("profile")
            .Arg(profile.name.text);
      }
    }
  }
  for (const ast::Assignment& param : profile.params) {
    if (data_.parameter_names.contains(param.name.text)) continue;
    std::vector<std::string> names;
    for (const ParamInfo& known : data_.params) names.push_back(known.name);
    diagnostics.Report(Code::kF0101, param.name.span)
        .Arg("parameter")
        .Arg(param.name.text)
        .Help(SuggestHelp(param.name.text, names));
  }
  for (const ast::ProfileBinding& binding : profile.bindings) {
    using Target = ast::ProfileBinding::Target;
    FlowKind kind = binding.target == Target::kSource  ? FlowKind::kSource
                    : binding.target == Target::kTable ? FlowKind::kTable
                                                       : FlowKind::kSink;
    catalog_->RequireFlow(binding.name, {kind}, FlowKindWord(kind));
  }
}

}  // namespace weir::semantic
