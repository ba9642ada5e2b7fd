Feature: What the new call holds
  The response is the new call with all its properties: those of the request as sent, those that Graph makes, and the others unset.

  @CC-20 @rings
  Scenario: A new call to a person is establishing and outgoing
    When the bot sends the request of example 1
    Then the new call has:
      | property  | value          |
      | state     | "establishing" |
      | direction | "outgoing"     |

  @CC-20 @joins
  Scenario Outline: A new call in a meeting is establishing and outgoing: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property  | value          |
      | state     | "establishing" |
      | direction | "outgoing"     |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-20 @rings @makes-calls:2
  Scenario: The second of two calls is establishing and outgoing, too
    When the bot sends the request of example 1 twice
    Then the new call has:
      | property  | value          |
      | state     | "establishing" |
      | direction | "outgoing"     |

  @CC-20 @rings @needs:app-sets
  Scenario: A new call to several people is establishing and outgoing
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property  | value          |
      | state     | "establishing" |
      | direction | "outgoing"     |

  @CC-21 @rings @needs:app-sets
  Scenario: A new call to several people has every property, unset ones null or empty
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has every member that is printed in the response of example 1
    And the new call has:
      | property                | value |
      | subject                 | null  |
      | terminationReason       | null  |
      | ringingTimeoutInSeconds | null  |
      | mediaState              | null  |
      | resultInfo              | null  |
      | answeredBy              | null  |
      | meetingCapability       | null  |
      | toneInfo                | null  |

  @CC-21 @rings
  Scenario: A new call to a person has every property, unset ones null or empty
    When the bot sends the request of example 1
    Then the new call has every member that is printed in the response of example 1
    And the new call has:
      | property                | value |
      | subject                 | null  |
      | chatInfo                | null  |
      | meetingInfo             | null  |
      | terminationReason       | null  |
      | ringingTimeoutInSeconds | null  |
      | mediaState              | null  |
      | resultInfo              | null  |
      | answeredBy              | null  |
      | meetingCapability       | null  |
      | toneInfo                | null  |

  @CC-21 @joins
  Scenario Outline: A new call in a meeting has every property, unset ones null or empty: example <number>
    When the bot sends the request of example <number>
    Then the new call has every member that is printed in the response of example 3
    And the new call has:
      | property                | value |
      | subject                 | null  |
      | terminationReason       | null  |
      | ringingTimeoutInSeconds | null  |
      | mediaState              | null  |
      | resultInfo              | null  |
      | answeredBy              | null  |
      | meetingCapability       | null  |
      | toneInfo                | null  |

    Examples:
      | number |
      | 3      |
      | 4      |
      | 5      |
      | 6      |

  @CC-22 @rings
  Scenario: What was sent for a call to a person comes back as sent
    When the bot sends the request of example 1
    Then the new call has:
      | property                  | value                           |
      | callbackUri               | the callback address            |
      | requestedModalities       | exactly as sent                 |
      | mediaConfig/@odata.type   | as sent                         |
      | mediaConfig/preFetchMedia | absent or empty, as none was sent |
      | targets                   | as sent                         |

  @CC-22 @rings @needs:app-sets
  Scenario Outline: What was sent for a call to several people comes back as sent, every target in its place: <people>
    Given the bot is granted every permission
    When the bot calls <people> at once
    Then the new call has:
      | property                  | value                |
      | callbackUri               | the callback address |
      | requestedModalities       | exactly as sent      |
      | mediaConfig/@odata.type   | as sent              |
      | targets                   | as sent              |

    Examples:
      | people              |
      | John and Dora       |
      | Dora and John       |
      | Dora, John and Bert |

  @CC-22 @rings
  Scenario: Two modalities come back as sent
    When the bot sends the request of example 1 asking for audio and video
    Then the new call has:
      | property            | value           |
      | requestedModalities | exactly as sent |

  @CC-22c @rings @assumption
  Scenario Outline: An optional property comes back as sent: a call <with more>
    When the bot sends the request of example 1 <with more>
    Then the new call has:
      | property   | value           |
      | <property> | exactly as sent |

    Examples:
      | with more                   | property                |
      | with a subject              | subject                 |
      | with a ringing time of 10 s | ringingTimeoutInSeconds |

    @not-in:v1.0
    Examples:
      | with more                   | property                |
      | with routing policies       | routingPolicies         |

  @CC-22 @joins @needs:app-sets @makes-calls:2
  Scenario: What was sent for a join comes back as sent, also after a join of another meeting
    Given another bot is in the scheduled meeting
    When the bot joins the channel meeting
    Then the new call has:
      | property                  | value                |
      | callbackUri               | the callback address |
      | mediaConfig/preFetchMedia | exactly as sent      |
      | chatInfo                  | as sent              |
      | meetingInfo               | as sent              |

  @CC-22 @rings @needs:app-sets @makes-calls:2
  Scenario: What was sent for a call to a person comes back as sent, also after a join
    Given another bot is in the scheduled meeting
    When the bot sends the request of example 1
    Then the new call has:
      | property                  | value                             |
      | mediaConfig/preFetchMedia | absent or empty, as none was sent |
      | targets                   | as sent                           |

  @CC-22 @joins
  Scenario Outline: What was sent for a join comes back as sent: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property                  | value                |
      | callbackUri               | the callback address |
      | requestedModalities       | exactly as sent      |
      | mediaConfig/@odata.type   | as sent              |
      | mediaConfig/preFetchMedia | exactly as sent      |
      | chatInfo                  | as sent              |
      | meetingInfo               | as sent              |

    Examples:
      | number |
      | 3      |
      | 5      |
      | 6      |

  @CC-22 @CC-23 @joins @needs:app-sets @makes-calls:2
  Scenario: The new call names this bot, also after a call of another bot
    Given another bot is in the scheduled meeting
    When the bot joins the scheduled meeting
    Then the new call has:
      | property                                | value                    |
      | callbackUri                             | the callback address     |
      | source/identity/application/id          | the bot's application id |
      | source/identity/application/displayName | the bot's name           |

  @CC-22b @rings
  Scenario: The media session of a call to a person comes back unchanged
    When the bot sends the request of example 2
    Then the new call has:
      | property         | value           |
      | mediaConfig/blob | exactly as sent |

  @CC-22b @joins @not-in:v1.0
  Scenario: The media session of a join comes back unchanged
    When the bot sends the request of example 4
    Then the new call has:
      | property         | value           |
      | mediaConfig/blob | exactly as sent |

  @CC-23 @rings
  Scenario: The source of a call is the application
    When the bot sends the request of example 1
    Then the new call has:
      | property                                | value                    |
      | source/identity/application/id          | the bot's application id |
      | source/identity/application/displayName | the bot's name           |

  @CC-23 @joins
  Scenario: The source of a join is the application
    When the bot sends the request of example 5
    Then the new call has:
      | property                                | value                    |
      | source/identity/application/id          | the bot's application id |
      | source/identity/application/displayName | the bot's name           |

  @CC-23 @rings @needs:app-sets
  Scenario: The source of a call to several people is the application
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property                                | value                    |
      | source/identity/application/id          | the bot's application id |
      | source/identity/application/displayName | the bot's name           |

  @CC-23b @joins
  Scenario: The source of a guest's join is the guest
    When the bot sends the request of example 6
    Then the new call has:
      | property                          | value            |
      | source/identity/guest/id          | the guest's id   |
      | source/identity/guest/displayName | the guest's name |

  @CC-24 @rings
  Scenario: Region and language of source and targets are there, and unset
    When the bot sends the request of example 1
    Then the new call has:
      | property             | value |
      | source/region        | null  |
      | source/languageId    | null  |
      | targets/*/region     | null  |
      | targets/*/languageId | null  |

  @CC-24 @rings @needs:app-sets
  Scenario: Region and language of each of several targets are there, and unset
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property             | value |
      | targets/*/region     | null  |
      | targets/*/languageId | null  |

  @CC-24 @joins
  Scenario Outline: Region and language of the source of a join are there, and unset: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property          | value |
      | source/region     | null  |
      | source/languageId | null  |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-25 @rings
  Scenario: Ids and tenant of a call are made by Graph
    When the bot sends the request of example 1
    Then the new call has:
      | property        | value            |
      | id              | made by Graph    |
      | myParticipantId | made by Graph    |
      | tenantId        | the bot's tenant |

  @CC-25 @rings @needs:app-sets
  Scenario: Ids and tenant of a call to several people are made by Graph
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property        | value            |
      | id              | made by Graph    |
      | myParticipantId | made by Graph    |
      | tenantId        | the bot's tenant |

  @CC-25 @joins
  Scenario Outline: The tenant of a join is the organizer's: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property        | value                  |
      | id              | made by Graph          |
      | myParticipantId | made by Graph          |
      | tenantId        | the organizer's tenant |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-25 @rings @makes-calls:2
  Scenario: The same request twice makes two calls
    When the bot sends the request of example 1 twice
    Then each call has an id of its own

  @CC-25 @joins @makes-calls:2
  Scenario: The same join twice makes two calls
    When the bot sends the request of example 3 twice
    Then each call has an id of its own

  @CC-26 @rings
  Scenario: The objects of a new call to a person say their type
    When the bot sends the request of example 1
    Then the new call has:
      | property                                 | value                                                    |
      | @odata.context                           | "https://graph.microsoft.com/beta/$metadata#app/calls/$entity" |
      | @odata.type                              | "#microsoft.graph.call"                                  |
      | source/@odata.type                       | "#microsoft.graph.participantInfo"                       |
      | source/identity/@odata.type              | "#microsoft.graph.identitySet"                           |
      | source/identity/application/@odata.type  | "#microsoft.graph.identity"                              |
      | targets/*/@odata.type                    | "#microsoft.graph.participantInfo"                       |
      | targets/*/identity/@odata.type           | "#microsoft.graph.identitySet"                           |
      | targets/*/identity/user/@odata.type      | "#microsoft.graph.identity"                              |
      | mediaConfig/@odata.type                  | "#microsoft.graph.serviceHostedMediaConfig"              |

  @CC-26 @rings @needs:app-sets
  Scenario: The objects of each of several targets say their type
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property                            | value                              |
      | targets/*/@odata.type               | "#microsoft.graph.participantInfo" |
      | targets/*/identity/@odata.type      | "#microsoft.graph.identitySet"     |
      | targets/*/identity/user/@odata.type | "#microsoft.graph.identity"        |

  @CC-26 @joins
  Scenario: The objects of a new call in a meeting say their type
    When the bot sends the request of example 3
    Then the new call has:
      | property                                | value                                                    |
      | @odata.context                          | "https://graph.microsoft.com/beta/$metadata#app/calls/$entity" |
      | @odata.type                             | "#microsoft.graph.call"                                  |
      | source/@odata.type                      | "#microsoft.graph.participantInfo"                       |
      | source/identity/@odata.type             | "#microsoft.graph.identitySet"                           |
      | source/identity/application/@odata.type | "#microsoft.graph.identity"                              |
      | chatInfo/@odata.type                    | "#microsoft.graph.chatInfo"                              |
      | meetingInfo/@odata.type                 | "#microsoft.graph.organizerMeetingInfo"                  |
      | meetingInfo/organizer/@odata.type       | "#microsoft.graph.identitySet"                           |
      | meetingInfo/organizer/user/@odata.type  | "#microsoft.graph.identity"                              |
      | mediaConfig/@odata.type                 | "#microsoft.graph.serviceHostedMediaConfig"              |

  @CC-27 @joins
  Scenario Outline: A join has no targets and no reply chain: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property                     | value              |
      | targets                      | an empty list      |
      | chatInfo/replyChainMessageId | as sent, else null |

    Examples:
      | number |
      | 3      |
      | 4      |
      | 5      |
      | 6      |

  @CC-28 @rings
  Scenario: A new call to a person has empty routes, modalities and policies
    When the bot sends the request of example 1
    Then the new call has:
      | property         | value         |
      | callRoutes       | an empty list |
      | activeModalities | an empty list |
      | routingPolicies  | an empty list |

  @CC-28 @rings @needs:app-sets
  Scenario: A new call to several people has empty routes, modalities and policies
    Given the bot is granted every permission
    When the bot calls John and Dora at once
    Then the new call has:
      | property         | value         |
      | callRoutes       | an empty list |
      | activeModalities | an empty list |
      | routingPolicies  | an empty list |

  @CC-28 @joins
  Scenario Outline: A new call in a meeting has empty routes, modalities and policies: example <number>
    When the bot sends the request of example <number>
    Then the new call has:
      | property         | value         |
      | callRoutes       | an empty list |
      | activeModalities | an empty list |
      | routingPolicies  | an empty list |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-29 @rings
  Scenario Outline: Graph gives a call that lives, as it was created: example <number>
    Given John does not answer when called
    When the bot sends the request of example <number>
    Then Graph gives the bot its latest call, establishing

    Examples:
      | number |
      | 1      |
      | 2      |

  @CC-29 @rings
  Scenario Outline: Graph gives a call with what was sent: <what>
    Given John does not answer when called
    When the bot sends the request of example 1 <what>
    Then Graph gives the bot its latest call, establishing

    Examples:
      | what                        |
      | with a subject              |
      | with routing policies       |
      | with a ringing time of 10 s |

  @CC-29 @rings @makes-calls:2
  Scenario: Of two calls Graph gives the one that is asked for
    Given John does not answer when called
    When the bot sends the request of example 1 twice
    Then Graph gives the bot its first call, establishing
    And Graph gives the bot its latest call, establishing

  @CC-29 @joins @makes-calls:2
  Scenario: Of two joins of one meeting Graph gives the one that is asked for
    Given the bot is in the scheduled meeting
    When the bot joins the scheduled meeting
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And Graph gives the bot its first call, established
    And Graph gives the bot its latest call, established

  @CC-29 @rings @needs:app-sets
  Scenario: Graph gives a call to several people, as it was created
    Given the bot is granted every permission
    And John does not answer when called
    And Dora does not answer when called
    When the bot calls John and Dora at once
    Then Graph gives the bot its latest call, establishing

  @CC-29 @rings @needs:person-answers
  Scenario: Graph gives an established call as it was created
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And Graph gives the bot its latest call, established

  @CC-29 @joins
  Scenario Outline: Graph gives a call in a meeting as it was created: example <number>
    When the bot sends the request of example <number>
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And Graph gives the bot its latest call, established

    Examples:
      | number |
      | 3      |
      | 5      |

    @needs:media-live
    Examples: with media of the application
      | number |
      | 4      |

  @CC-29 @joins @needs:lobby-open @needs:second-participant
  Scenario: Graph gives the call of a guest as it was created
    Given John is in the open channel meeting
    When the bot joins the open channel meeting as a guest
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And Graph gives the bot its latest call, established

  @CC-29 @rings @needs:person-answers
  Scenario: A call that the bot has ended is gone
    Given the bot is in a call with John
    When the bot hangs up
    Then the call is gone

  @CC-29 @rings
  Scenario: A call that still rings is gone when the bot has ended it
    Given the bot is calling John
    When the bot hangs up
    Then the call is gone

  @CC-29 @rings @needs:person-answers
  Scenario: A call that the person has ended is gone
    Given the bot is in a call with John
    When John hangs up
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And the call is gone

  @CC-29 @rings @needs:person-answers @makes-calls:2
  Scenario: A call that the bot has ended is gone, and its other call goes on
    Given the bot is in a call with John
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the call is gone
    And Graph gives the bot its first call, established

  @CC-29 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: A call that the bot has ended is gone, and that of another bot goes on
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the call is gone
    And the other bot sees another bot and John
    And Graph gives the other bot its latest call, established

  # No page says this; the id of a call does not grant access to it.
  @CC-29 @rings @makes-calls:2
  Scenario: Ending the first of two calls leaves the second one
    Given the bot is calling John
    And the bot is in the scheduled meeting
    When the bot tries to end its first call
    Then Graph gives the bot its latest call, established

  @CC-29b @joins @needs:app-sets
  Scenario: The call of another bot is not given
    Given another bot is in the scheduled meeting
    When the bot asks for the call of the other bot
    Then Graph does not know the call

  @CC-29b @joins @needs:second-participant @needs:app-sets
  Scenario: The call of another bot cannot be ended
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    When the bot tries to end the call of the other bot
    Then Graph does not know the call
    And the other bot sees another bot and John
    And Graph gives the other bot its latest call, established
