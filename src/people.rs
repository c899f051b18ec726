//! `user` and `enrol`: colleagues, and what lets them in.

use clap::{Args, Subcommand};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{Firm, Invitation, Letter, NewUser, People, PeopleError, UserChange};

use crate::out::say;

/// What is to be done with users.
#[derive(Args)]
pub struct UserConfig {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add a colleague, and show what lets them in
    Add(Add),
    /// Show all users
    List(Firm),
    /// Give a user another role: admin, manager, user or restricted
    Role {
        /// The login
        email: String,
        /// The role
        role: String,
        #[command(flatten)]
        firm: Firm,
    },
    /// Take a user's access away, and end their sessions
    Disable(One),
    /// Give a user access again; roadbook enrol lets them in
    Enable(One),
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    user: NewUser,
    #[command(flatten)]
    firm: Firm,
    #[command(flatten)]
    way: Way,
}

#[derive(Args)]
struct One {
    /// The login
    email: String,
    #[command(flatten)]
    firm: Firm,
}

/// Whom a new code is for.
#[derive(Args)]
pub struct EnrolConfig {
    /// The login of a new colleague, or of one who forgot the password
    email: String,
    #[command(flatten)]
    firm: Firm,
    #[command(flatten)]
    way: Way,
}

#[derive(Args)]
struct Way {
    /// The address by which phones reach the server, such as `https://roadbook.example`
    #[arg(long, env = "ROADBOOK_PUBLIC_ADDRESS", default_value = "")]
    public_address: String,
}

/// Does what is asked with users.
///
/// # Errors
/// In one line, what is wrong and what helps.
pub async fn user(config: &UserConfig) -> Result<(), PeopleError> {
    let env = SystemEnv;
    match &config.act {
        Act::Add(add) => {
            let address = add.way.address()?;
            let people = People::of(&add.firm, &env).await?;
            let invitation = people.add(&add.user).await?;
            people.close().await;
            say!("{} is added.", add.user.email);
            show(&invitation, address.as_deref());
        }
        Act::List(firm) => {
            let people = People::of(firm, &env).await?;
            for user in people.list().await? {
                let email = user.email.as_ref().map_or_else(String::new, ToString::to_string);
                let access = if user.active { "" } else { "  no access" };
                say!(
                    "{email:40} {:10} {}{access}",
                    user.role.to_string(),
                    user.display_name(Language::English)
                );
            }
            people.close().await;
        }
        Act::Role { email, role, firm } => {
            let change = UserChange::Role(roadbook_server::role("ROLE", role)?);
            apply(firm, email, change).await?;
            say!("{email} is {role} from now on.");
        }
        Act::Disable(One { email, firm }) => {
            apply(firm, email, UserChange::Access(false)).await?;
            say!("{email} has no access any more.");
        }
        Act::Enable(One { email, firm }) => {
            apply(firm, email, UserChange::Access(true)).await?;
            say!("{email} has access again; roadbook enrol {email} lets them in.");
        }
    }
    Ok(())
}

/// Makes a code for a user, and shows it.
///
/// # Errors
/// In one line, what is wrong and what helps.
pub async fn enrol(config: &EnrolConfig) -> Result<(), PeopleError> {
    let address = config.way.address()?;
    let people = People::of(&config.firm, &SystemEnv).await?;
    let invitation = people.enrol(&config.email).await?;
    people.close().await;
    show(&invitation, address.as_deref());
    Ok(())
}

async fn apply(firm: &Firm, email: &str, change: UserChange) -> Result<(), PeopleError> {
    let people = People::of(firm, &SystemEnv).await?;
    people.change(email, change).await?;
    people.close().await;
    Ok(())
}

impl Way {
    fn address(&self) -> Result<Option<String>, PeopleError> {
        match self.public_address.as_str() {
            "" => Ok(None),
            address => Ok(Some(roadbook_server::public_address(address)?)),
        }
    }
}

fn show(invitation: &Invitation, address: Option<&str>) {
    say!("For one time, and for three days. Whoever has it chooses the password and is signed in.\n");
    let Some(address) = address else {
        say!("Code:   {}", invitation.code);
        say!("\nWith --public-address this shows a link and a QR code, too.");
        return;
    };
    let letter = Letter { invitation, address };
    say!("{letter}\n");
    if let Ok(code) = QrCode::new(letter.link()) {
        // Terminals are dark more often than not: what is light is drawn.
        let picture =
            code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        say!("{picture}");
    }
}
