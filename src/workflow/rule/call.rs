//! The closed list of functions and methods, and the parts of things (LANGUAGE §13).

use super::infer::Walk;
use super::kind::{Kind, Typed};
use super::scope::Meaning;
use crate::deadline::Span;
use crate::workflow::parse::{FUNCTIONS, meant};
use crate::workflow::{Field, RegisterKey};
use indexmap::IndexMap;
use minijinja::machinery::ast;

impl Walk<'_, '_> {
    pub(super) fn call(&mut self, call: &ast::Call<'_>) -> Typed {
        let splat = call.args.iter().any(|a| matches!(a, ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_)));
        if splat {
            return self.wrong("`*` and `**` are not part of the language".to_owned());
        }
        match &call.expr {
            ast::Expr::Var(var) if var.id == "names" && self.scope.recusing => self.names_of(&call.args),
            ast::Expr::Var(var) => self.function(var.id, &call.args),
            ast::Expr::GetAttr(attribute) => {
                let base = self.present(&attribute.expr);
                self.method(&base, attribute.name, &call.args)
            }
            _ => self.wrong("only functions can be called".to_owned()),
        }
    }

    fn function(&mut self, name: &str, arguments: &[ast::CallArg<'_>]) -> Typed {
        let aggregate = matches!(name, "count" | "sum" | "min" | "max" | "any" | "all");
        let (least, most) = match name {
            "days" | "workdays" | "months" | "years" | "add" => (2, 2),
            "count" => (0, 1),
            "min" | "max" => (1, 8),
            "sum" | "any" | "all" | "len" | "cn" | "rmb" | "mask" | "date_cn" => (1, 1),
            _ => {
                let hint = meant(name, &FUNCTIONS, &format!("functions: {}", FUNCTIONS[..16].join(" ")));
                self.problem("function-unknown", format!("there is no function `{name}`"), Some(hint));
                return Typed::sure(Kind::Any);
            }
        };
        let mut given: Vec<&ast::Expr<'_>> = Vec::new();
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(e) => given.push(e),
                ast::CallArg::Kwarg(..) | ast::CallArg::PosSplat(_) | ast::CallArg::KwargSplat(_) => {
                    return self.wrong(format!("`{name}` takes nothing by name"));
                }
            }
        }
        if given.len() < least || given.len() > most {
            let message = format!("`{name}` takes {least} to {most} values, {} are given", given.len());
            self.problem("function-arity", message, None);
            return Typed::sure(Kind::Any);
        }
        if aggregate { self.aggregate(name, &given) } else { self.plain(name, &given) }
    }

    /// `names(优秀监督员)`: what the items of a type, category or list are called, where it is said who is recused.
    fn names_of(&mut self, arguments: &[ast::CallArg<'_>]) -> Typed {
        let named = match arguments {
            [ast::CallArg::Pos(ast::Expr::Var(var))] => Some(var.id),
            _ => None,
        };
        if named.is_none_or(|name| self.scope.workflow.pairs(&[name.to_owned()]).is_empty()) {
            let message = "`names` takes the name of a type, a category or a list".to_owned();
            self.problem("rule-unknown-name", message, Some("write `names(优秀监督员)`".to_owned()));
        }
        Typed::sure(Kind::List(Box::new(Kind::Text)))
    }

    fn plain(&mut self, name: &str, given: &[&ast::Expr<'_>]) -> Typed {
        let kinds: Vec<Kind> = given.iter().map(|e| self.present(e)).collect();
        let first = kinds.first().cloned().unwrap_or(Kind::Any);
        let dated = |k: &Kind| matches!(k, Kind::Any | Kind::Date | Kind::Month | Kind::Year);
        let fits = match name {
            "days" | "workdays" => kinds.iter().all(|k| matches!(k, Kind::Any | Kind::Date)),
            "months" | "years" => kinds.iter().all(dated),
            "add" => dated(&first) && kinds.get(1).is_some_and(|k| k.alike(&Kind::Text)),
            "len" => {
                matches!(first, Kind::Any | Kind::List(_) | Kind::Text | Kind::Choice(_) | Kind::Items | Kind::Side(_))
            }
            "cn" | "rmb" => first.numeric(),
            "date_cn" => dated(&first),
            _ => true,
        };
        if !fits {
            let words = kinds.iter().map(Kind::word).collect::<Vec<_>>().join(" and ");
            return self.wrong(format!("`{name}` cannot take {words}"));
        }
        if name == "add" {
            self.span_literal(given);
        }
        Typed::sure(match name {
            "days" | "workdays" | "months" | "years" | "len" => Kind::Number,
            "add" => Kind::Date,
            _ => Kind::Text,
        })
    }

    fn span_literal(&mut self, given: &[&ast::Expr<'_>]) {
        let Some(value) = given.get(1).and_then(|e| e.as_const()) else { return };
        let text = value.as_str().unwrap_or_default();
        let length = text.strip_prefix('-').unwrap_or(text);
        if let Err(problem) = Span::parse(length) {
            self.problem("limit-not-a-limit", problem.message, problem.hint);
        }
    }

    /// `count(cond)`, `sum(field)`: over the items of a group, or over a row or list of values.
    fn aggregate(&mut self, name: &str, given: &[&ast::Expr<'_>]) -> Typed {
        let outer = std::mem::replace(&mut self.aggregate, true);
        // of a group, an item that has it not is left out
        let alone = self.scope.group.is_none();
        let surely =
            |walk: &mut Self, e: &ast::Expr<'_>| if alone { Typed::sure(walk.present(e)) } else { walk.typed(e) };
        let typed: Vec<Typed> = given.iter().map(|e| surely(self, e)).collect();
        self.aggregate = outer;
        // a value is there of every item of a group, and in every list that must be given; a column of a table may be empty
        let field = !matches!(given.first(), Some(ast::Expr::GetAttr(_)));
        let there = field && typed.first().is_some_and(|t| !t.maybe);
        let Some(first) = typed.first().map(|t| t.kind.clone()) else {
            return if self.scope.group.is_some() { Typed::sure(Kind::Number) } else { self.no_group(name) };
        };
        let values = match &first {
            Kind::List(inner) => Some((**inner).clone()),
            Kind::Row(columns) => Some(columns.first().map_or(Kind::Any, |(_, typed)| typed.kind.clone())),
            Kind::Any => Some(Kind::Any),
            _ if given.len() > 1 => Some(first.clone()),
            _ => None,
        };
        if values.is_none() && self.scope.group.is_none() {
            return self.no_group(name);
        }
        let of = values.unwrap_or(first);
        match name {
            "count" | "any" | "all" if !of.condition() => {
                self.wrong(format!("`{name}` counts conditions, this is {}", of.word()))
            }
            "count" => Typed::sure(Kind::Number),
            "any" | "all" => Typed::sure(Kind::YesNo),
            "sum" if !of.numeric() => self.wrong(format!("`sum` cannot add {}", of.word())),
            "sum" => Typed::sure(Kind::Number),
            _ if !of.ordered() => self.wrong(format!("{} has no order", of.word())),
            _ => Typed { kind: of, maybe: given.len() < 2 && !there },
        }
    }

    fn no_group(&mut self, name: &str) -> Typed {
        let hint = "of one item it takes a column of a table, such as `sum(措施.金额)` or `max(措施.金额)`, not a condition over its \
                    lines; a rule is judged for groups with `per: owner`"
            .to_owned();
        self.problem("rule-wrong-type", format!("`{name}` is for groups, and this is judged for one item"), Some(hint));
        Typed::sure(Kind::Any)
    }

    fn method(&mut self, base: &Kind, name: &str, arguments: &[ast::CallArg<'_>]) -> Typed {
        match base {
            Kind::Register(register) => self.of_register(&register.clone(), name, arguments),
            Kind::Period if name == "has" => {
                let given = self.positional(arguments);
                if given.len() != 1 || !matches!(given.first(), Some(Kind::Date | Kind::Month | Kind::Any)) {
                    return self.wrong("`period.has` takes one date".to_owned());
                }
                Typed::sure(Kind::YesNo)
            }
            Kind::Any => {
                self.positional(arguments);
                Typed::sure(Kind::Any)
            }
            other => {
                let message = format!("{} has nothing to call named `{name}`", other.word());
                self.problem("function-unknown", message, None);
                Typed::sure(Kind::Any)
            }
        }
    }

    fn positional(&mut self, arguments: &[ast::CallArg<'_>]) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for argument in arguments {
            if let ast::CallArg::Pos(e) = argument {
                kinds.push(self.present(e));
            }
        }
        kinds
    }

    fn of_register(&mut self, register: &str, name: &str, arguments: &[ast::CallArg<'_>]) -> Typed {
        let given = self.positional(arguments);
        let (wanted, result) = match name {
            "has" => (1, Typed::sure(Kind::YesNo)),
            "count" => (1, Typed::sure(Kind::Number)),
            "running" => (2, Typed::sure(Kind::Number)),
            "last" => (1, Typed { kind: Kind::Row(self.fields_of(register)), maybe: true }),
            "since" => {
                let changes =
                    ["added", "ended", "altered"].map(|n| (n.to_owned(), Typed::sure(Kind::List(Box::new(Kind::Any)))));
                (1, Typed::sure(Kind::Row(changes.to_vec())))
            }
            _ => {
                let message = format!("a register has no `{name}`");
                let hint = "has, last, count, running, since".to_owned();
                self.problem("function-unknown", message, Some(hint));
                return Typed::sure(Kind::Any);
            }
        };
        if given.len() != wanted {
            let message = format!("`{register}.{name}` takes {wanted} values, {} are given", given.len());
            self.problem("function-arity", message, None);
            return result;
        }
        if name != "since"
            && let Some(key) = given.first()
        {
            self.register_key(register, key);
        }
        self.named(register, name, arguments);
        result
    }

    fn named(&mut self, register: &str, name: &str, arguments: &[ast::CallArg<'_>]) {
        for argument in arguments {
            let ast::CallArg::Kwarg(key, value) = argument else { continue };
            let kind = self.present(value);
            let fits = match *key {
                "since" | "until" => matches!(kind, Kind::Any | Kind::Date | Kind::Month | Kind::Year),
                "where" => matches!(kind, Kind::Any | Kind::Text),
                _ => {
                    let message = format!("`{register}.{name}` has no `{key}=`");
                    self.problem("function-arity", message, Some("since=, until=, where=".to_owned()));
                    continue;
                }
            };
            if !fits {
                self.wrong(format!("`{key}=` cannot be {}", kind.word()));
            }
        }
    }

    fn fields_of(&self, register: &str) -> Vec<(String, Typed)> {
        let fields = self.scope.registers.get(register).map(|r| &r.fields);
        let typed = |f: &Field| Typed { kind: Kind::of(&f.kind), maybe: f.optional };
        fields.into_iter().flatten().map(|(n, f)| (n.clone(), typed(f))).collect()
    }

    /// A register of offices is not asked for a person.
    fn register_key(&mut self, register: &str, key: &Kind) {
        let Some(RegisterKey::Subjects(subjects)) = self.scope.registers.get(register).map(|r| r.key.clone()) else {
            return;
        };
        let words: Vec<&str> = subjects.iter().map(|s| s.word()).collect();
        let missing = match key {
            Kind::Who => self
                .scope
                .pairs
                .iter()
                .filter_map(|p| self.scope.subject(p))
                .find(|s| !subjects.contains(s))
                .map(|s| s.word()),
            Kind::Office => (!words.contains(&"office")).then_some("office"),
            _ => None,
        };
        if let Some(subject) = missing {
            let message = format!("`{register}` is kept by {}, not by {subject}", words.join(" or "));
            self.problem(
                "register-key-mismatch",
                message,
                Some("ask a register kept by what the items are".to_owned()),
            );
        }
    }
}

/// The kind of a part of a thing.
pub(super) fn attribute(walk: &mut Walk<'_, '_>, base: &Kind, name: &str) -> Option<Typed> {
    match base {
        Kind::Any => Some(Typed::sure(Kind::Any)),
        Kind::Office => match name {
            "title" | "id" => Some(Typed::sure(Kind::Text)),
            "phone" | "address" => Some(Typed { kind: Kind::Text, maybe: true }),
            "tags" => Some(Typed::sure(Kind::List(Box::new(Kind::Text)))),
            _ => None,
        },
        Kind::Who => match name {
            "title" => Some(Typed::sure(Kind::Text)),
            _ => None,
        },
        Kind::Period => match name {
            "start" | "end" => Some(Typed::sure(Kind::Date)),
            "title" => Some(Typed::sure(Kind::Text)),
            _ => None,
        },
        Kind::Side(_) => match name {
            "count" | "open" => Some(Typed::sure(Kind::Number)),
            _ => None,
        },
        Kind::Child(sure) => match name {
            "end" => {
                let ends = ["办结", "撤销", "无对象"].map(str::to_string).to_vec();
                Some(Typed { kind: Kind::Choice(ends), maybe: !sure })
            }
            _ => None,
        },
        Kind::Row(columns) => columns.iter().find(|(n, _)| n == name).map(|(_, typed)| typed.clone()),
        Kind::Table(columns, None) => {
            let column = columns.iter().find(|(n, _)| n == name).map(|(_, k)| Kind::List(Box::new(k.clone())));
            column.or((name == "count").then_some(Kind::Number)).map(Typed::sure)
        }
        Kind::Item(kind) => of_item(walk, kind, name),
        Kind::Stage(index) => match (name, walk.scope.form_field(*index, name)) {
            ("done", _) => Some(Typed::sure(Kind::Date)),
            ("outcome", _) => Some(Typed::sure(Kind::Text)),
            (_, Some(Meaning::Value { typed, .. })) => Some(typed),
            (_, _) => None,
        },
        _ => None,
    }
}

fn of_item(walk: &Walk<'_, '_>, kind: &str, name: &str) -> Option<Typed> {
    match name {
        "owner" | "subject" => return Some(Typed::sure(Kind::Office)),
        "category" | "outcome" => return Some(Typed::sure(Kind::Text)),
        "who" => return Some(Typed::sure(Kind::Who)),
        _ => {}
    }
    let empty = IndexMap::new();
    let fields: &IndexMap<String, Field> = walk.scope.workflow.items.get(kind).map_or(&empty, |i| &i.fields);
    let field = fields.get(name)?;
    Some(Typed { kind: Kind::of(&field.kind), maybe: field.optional || !field.of.is_empty() })
}
