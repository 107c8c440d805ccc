#include "record/template.h"

#include <gtest/gtest.h>

namespace assay::record {
namespace {

const Vars kVars{{"a", Value::of_text("one")},
                 {"n", Value::of_number("5.00")},
                 {"loop", Value::of_text("{{a}}")},
                 {"größe", Value::of_boolean(true)}};

TEST(Template, Replaces) {
  EXPECT_EQ(render("", kVars), "");
  EXPECT_EQ(render("no braces }} {x}", kVars), "no braces }} {x}");
  EXPECT_EQ(render("{{a}}", kVars), "one");
  EXPECT_EQ(render("<{{a}}{{ n }}|{{a}}>", kVars), "<one5.00|one>");
  EXPECT_EQ(render("{{größe}}", kVars), "true");
}

TEST(Template, ValuesAreNeverExpandedAgain) {
  EXPECT_EQ(render("{{loop}}", kVars), "{{a}}");
}

TEST(Template, ListsAreJsonAndNullIsNothing) {
  Value list{.kind = Value::Kind::list,
             .text = {},
             .items = {Value::of_number("1"), Value::of_text("x")},
             .keys = {}};
  EXPECT_EQ(render("{{l}}{{nothing}}", {{"l", list}, {"nothing", {}}}), "[1,\"x\"]");
}

TEST(Template, LiteralBraces) {
  EXPECT_EQ(render("\\{{a}}", kVars), "{{a}}");
  EXPECT_EQ(render("x \\{{ {{a}}", kVars), "x {{ one");
  EXPECT_EQ(render("\\{{\\{{a", kVars), "{{{{a");
  EXPECT_EQ(render("{{a}}\\{{{{a}}", kVars), "one{{one");
}

TEST(Template, WhatIsNoVariableIsRefused) {
  for (const char* text :
       {"{{", "{{}}", "{{ }}", "{{a", "{{a b}}", "{{a\n}}", "{{{a}}}", "int x[] = {{1, 2}}"})
    EXPECT_FALSE(parse_template(text)) << text;
}

TEST(Template, UndefinedVariablesAreNamed) {
  const auto text = render("{{missing}}", kVars);
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().found.find("'missing'"), std::string::npos);
}

TEST(Template, PartsKnowTheirOffset) {
  const auto parts = parse_template("ab{{ c }}d");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[1], (TemplatePart{.variable = true, .text = "c", .offset = 2}));
  EXPECT_EQ((*parts)[2], (TemplatePart{.variable = false, .text = "d", .offset = 9}));
}

TEST(Template, benchys_holes_are_filled_one_variable_after_the_other) {
  const Value x = Value::of_text("{{b}}");
  const Value z = Value::of_text("z");
  EXPECT_EQ(benchy_expanded("{{a}}", {{"a", x}, {"b", z}}), "z");
  EXPECT_EQ(benchy_expanded("{{b}}{{a}}", {{"b", z}, {"a", x}}), "z{{b}}");
  EXPECT_EQ(benchy_expanded("{{ a }}{{A}}{a}", {{"a", z}}), "{{ a }}{{A}}{a}");
  EXPECT_EQ(benchy_expanded("{{a}}{{a}}", {{"a", Value::of_text("{{a}}")}}), "{{a}}{{a}}");
  EXPECT_EQ(benchy_expanded("{{n}} {{f}} {{no}}",
                            {{"n", Value::of_number("2")}, {"f", Value::of_number("2.50")}, {"no", {}}}),
            "2 2.5 None");
}

TEST(Template, benchys_values_that_double_with_each_variable_end_at_the_limit) {
  Vars vars;
  for (int i = 0; i < 60; ++i) {
    vars.emplace_back(std::to_string(i),
                      Value::of_text("{{" + std::to_string(i + 1) + "}}{{" + std::to_string(i + 1) + "}}"));
  }
  EXPECT_EQ(benchy_expanded("{{0}}", vars, 1U << 16U), std::nullopt);
}

}  // namespace
}  // namespace assay::record
