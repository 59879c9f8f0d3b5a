# Embeds explain/<code>.md.
file(GLOB weir_explain_pages CONFIGURE_DEPENDS "${dir}/explain/*.md")
weir_embed(WEIR_GENERATED_SOURCES kExplainPages "${dir}/explain" ${weir_explain_pages})
