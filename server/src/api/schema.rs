//! The types of the API as JSON Schema: what its document says of bodies and answers.
//!
//! A struct that `described!` declares is described by its own declaration: by the names and types of its members,
//! their comments, and what serde is told of them. A type of the domain is described with `object!`, member by
//! member: one that is left out or has another type does not compile. An attribute that neither of them knows does not
//! compile either, so none is overlooked.

mod domain;
mod values;

use std::any::type_name;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A type whose values travel as JSON.
pub trait Schema {
    /// Whether a member of this type may be left out of a body: it may then be `null`, too.
    const IS_OPTIONAL: bool = false;

    /// Its schema. One that has a name is put among `schemas`, and this is a reference to it.
    fn schema(schemas: &mut Schemas) -> Value;
}

/// A type that is a JSON object.
pub trait Object {
    /// The name of its schema.
    const NAME: &'static str;

    /// Its members.
    fn members(schemas: &mut Schemas) -> Members;
}

/// The schemas that have names.
#[derive(Debug, Default)]
pub struct Schemas(BTreeMap<&'static str, Named>);

/// The members of an object, and what the object is.
#[derive(Debug, Default)]
pub struct Members {
    about: String,
    is_answer: bool,
    list: Vec<Member>,
}

/// A member of an object.
#[derive(Debug)]
pub struct Member {
    name: &'static str,
    schema: Value,
    about: String,
    is_optional: bool,
    may_be_missing: bool,
}

#[derive(Debug)]
struct Named {
    /// The type that has the name.
    of: &'static str,
    schema: Value,
}

impl<T: Object> Schema for T {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<T>(T::NAME, |schemas| T::members(schemas).into_schema())
    }
}

impl Schemas {
    /// A reference to the schema with this name, which is made if it is not there yet.
    pub fn named<T>(&mut self, name: &'static str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let of = type_name::<T>();
        let known = self.0.get(name).map(|known| known.of);
        debug_assert!(known.is_none_or(|known| known == of), "two types have the name {name}");
        if known.is_none() {
            let schema = make(self);
            self.0.insert(name, Named { of, schema });
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// All of them, by their names.
    pub fn into_value(self) -> Value {
        self.0.into_iter().map(|(name, named)| (name.to_owned(), named.schema)).collect()
    }
}

impl Members {
    /// Adds a line to what the object is.
    pub fn say(mut self, line: &str) -> Self {
        add_line(&mut self.about, line);
        self
    }

    /// That the server answers the object and never takes it: a member of an optional type is then always there.
    pub fn answered(mut self) -> Self {
        self.is_answer = true;
        self
    }

    /// Adds a member.
    pub fn with(mut self, member: Member) -> Self {
        self.list.push(member);
        self
    }

    /// Adds the members of another object, which stand among those of this one.
    pub fn including(mut self, other: Self) -> Self {
        if self.about.is_empty() {
            self.about = other.about;
        }
        self.list.extend(other.list);
        self
    }

    /// The schema of the object.
    pub fn into_schema(self) -> Value {
        let needed: Vec<&str> =
            self.list.iter().filter(|member| member.is_needed(self.is_answer)).map(|m| m.name).collect();
        let needed = json!(needed);
        let members = self.list.into_iter().map(|member| (member.name.to_owned(), member.into_schema()));
        let members: Map<String, Value> = members.collect();
        json!({ "type": "object", "description": self.about, "properties": members, "required": needed })
    }

    /// The members as parameters of a query.
    pub fn into_parameters(self) -> Vec<Value> {
        let parameter = |member: Member| {
            let (name, is_needed) = (member.name, member.is_needed(false));
            json!({ "name": name, "in": "query", "required": is_needed, "schema": member.into_schema() })
        };
        self.list.into_iter().map(parameter).collect()
    }
}

impl Member {
    /// A member of this type.
    pub fn of<T: Schema>(name: &'static str, schemas: &mut Schemas) -> Self {
        let schema = T::schema(schemas);
        Self { name, schema, about: String::new(), is_optional: T::IS_OPTIONAL, may_be_missing: false }
    }

    /// Adds a line to what the member is.
    pub fn say(mut self, line: &str) -> Self {
        add_line(&mut self.about, line);
        self
    }

    /// That it has a default, or is left out of answers at times.
    pub fn possibly_missing(mut self) -> Self {
        self.may_be_missing = true;
        self
    }

    fn is_needed(&self, is_answer: bool) -> bool {
        !self.may_be_missing && (is_answer || !self.is_optional)
    }

    fn into_schema(self) -> Value {
        let mut schema = self.schema;
        if let Value::Object(schema) = &mut schema
            && !self.about.is_empty()
        {
            schema.insert("description".to_owned(), self.about.into());
        }
        schema
    }
}

/// A comment has a space before each line.
fn add_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line.trim());
}

/// Declares structs that travel as JSON, with their schemas. A derived `Serialize` alone is an answer.
macro_rules! described {
    ($(
        $(#[$($on:tt)*])*
        $vis:vis struct $name:ident {
            $($(#[$($of:tt)*])* $member:ident: $type:ty,)*
        }
    )*) => {$(
        $(#[$($on)*])*
        $vis struct $name {
            $($(#[$($of)*])* $member: $type,)*
        }

        $crate::api::schema::members! { $name: $([$($on)*])* { $($([$($of)*])* $member: $type,)* } }
    )*};
}

/// Describes structs of the domain. It does not compile unless it has all their members, with their types.
macro_rules! object {
    ($(
        $(#[$($on:tt)*])*
        $name:ident {
            $($(#[$($of:tt)*])* $member:ident: $type:ty,)*
        }
    )*) => {$(
        const _: fn($name) = |$name { $($member),* }| {
            $(let _: $type = $member;)*
        };

        $crate::api::schema::members! { $name: $([$($on)*])* { $($([$($of)*])* $member: $type,)* } }
    )*};
}

macro_rules! members {
    ($name:ident: $([$($on:tt)*])* { $($([$($of:tt)*])* $member:ident: $type:ty,)* }) => {
        impl $crate::api::schema::Object for $name {
            const NAME: &'static str = stringify!($name);

            fn members(schemas: &mut $crate::api::schema::Schemas) -> $crate::api::schema::Members {
                let members = $crate::api::schema::Members::default();
                $(let members = $crate::api::schema::attribute!(members, $($on)*);)*
                $(let members = $crate::api::schema::member!(members, schemas, $member, $type, $([$($of)*])*);)*
                members
            }
        }
    };
}

macro_rules! member {
    ($members:ident, $schemas:ident, $name:ident, $type:ty, [serde(flatten)]) => {
        $members.including(<$type as $crate::api::schema::Object>::members($schemas))
    };
    ($members:ident, $schemas:ident, $name:ident, $type:ty, $([$($of:tt)*])*) => {{
        let member = $crate::api::schema::Member::of::<$type>(stringify!($name), $schemas);
        $(let member = $crate::api::schema::attribute!(member, $($of)*);)*
        $members.with(member)
    }};
}

macro_rules! attribute {
    ($of:ident, doc = $line:literal) => {
        $of.say($line)
    };
    ($of:ident, derive(Serialize)) => {
        $of.answered()
    };
    ($of:ident, derive(Deserialize)) => {
        $of
    };
    ($of:ident, serde(default)) => {
        $of.possibly_missing()
    };
    ($of:ident, serde(skip_serializing_if = $is:literal)) => {
        $of.possibly_missing()
    };
}

pub(super) use {attribute, described, member, members, object};
