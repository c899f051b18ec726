### Formularul pentru ce mai are o sarcină pe lângă text și termen

details-description = Descriere
details-planned = Planificată pentru
details-planned-hint = Ziua în care doriți să o faceți. Termenul este ziua până la care trebuie făcută.
details-repeat = Repetare
details-repeat-other = altfel…
details-every = O dată la
details-unit = Unitatea
details-unit-name = { $unit ->
    [day] { $every ->
        [one] zi
        [few] zile
       *[other] de zile
    }
    [week] { $every ->
        [one] săptămână
        [few] săptămâni
       *[other] de săptămâni
    }
    [month] { $every ->
        [one] lună
        [few] luni
       *[other] de luni
    }
   *[year] { $every ->
        [one] an
        [few] ani
       *[other] de ani
    }
}
details-repeat-hint = La închidere se face următoarea, numărată de la termenul ei.
details-repeat-hint-no-due = La închidere se face următoarea, numărată din acea zi.
