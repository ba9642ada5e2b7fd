Feature: The forms of calls that only later pages have
  The pages since 2020 print calls to several people, joins by meeting id and calls to telephones. Each request is sent as printed, with
  the people and the meetings of the cast, and the response is compared with the printed one.

  @CC-80 @rings @needs:app-sets
  Scenario: Two people are called at once, with a subject
    Given the bot is granted every permission
    When the bot sends the request of example 7
    Then Graph answers as printed in example 7, relying on E-88 and E-89

  @CC-81 @joins
  Scenario: Joining a scheduled meeting by its meeting id and passcode
    When the bot sends the request of example 8
    Then Graph answers as printed in example 8, relying on E-78

  @CC-82 @rings @needs:person-answers
  Scenario: A telephone is called, with media hosted by the service
    Given Telephone answers when called
    When the bot sends the request of example 9
    Then Graph answers as printed in example 9, relying on E-08
    And the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |

  @CC-82 @rings
  Scenario: A telephone is called, with media hosted by the application
    When the bot sends the request of example 10
    Then Graph answers as printed in example 10, relying on no erratum
